#pragma once

#include <nlohmann/json_fwd.hpp>

#include "api/route.h"
#include "api/routes/service_ops.h"

namespace swarmward::api {

/// The posted spec, with the defaults of a create, cut to what the requested API version knows.
/// Errors: InvalidArgument.
[[nodiscard]] Result<model::ServiceSpec> service_spec_of(nlohmann::json const& document,
                                                         ApiVersion version);

/// Errors: InvalidArgument, Internal, all with native's texts.
[[nodiscard]] Result<void> check_service_spec(model::ServiceSpec const& spec);

/// The largest service that a client may post. Source: the limit of swarm mode's transactions,
/// which there meets spec and previous spec together.
inline constexpr std::size_t kMaxSpecBytes = std::size_t{3} << 19U;

/// Errors: InvalidArgument.
[[nodiscard]] Result<void> check_spec_size(Request const& request);

/// The options of an update of `present`. Errors: Internal, as native has it.
[[nodiscard]] Result<ServiceUpdate> update_options(Request const& request,
                                                   model::Service const& present);

}  // namespace swarmward::api
