#pragma once

#include <nlohmann/json_fwd.hpp>

#include "api/route.h"
#include "api/routes/service_ops.h"

namespace swarmward::api {

/// The posted spec, with the defaults of a create, cut to what the requested API version knows.
/// Errors: InvalidArgument; NotFound and Internal for networks.
[[nodiscard]] Result<model::ServiceSpec> service_spec_of(nlohmann::json const& document,
                                                         ApiVersion version);

/// Errors: InvalidArgument, Internal, all with native's texts.
[[nodiscard]] Result<void> check_service_spec(model::ServiceSpec const& spec);

/// The options of an update of `present`. Errors: Internal, as native has it.
[[nodiscard]] Result<ServiceUpdate> update_options(Request const& request,
                                                   model::Service const& present);

}  // namespace swarmward::api
