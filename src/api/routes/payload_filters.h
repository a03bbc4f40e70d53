#pragma once

#include <memory>
#include <vector>

#include "api/routes/payload_kind.h"
#include "base/result.h"
#include "wire/filters.h"

namespace swarmward::api {

/// The filters of GET /secrets and GET /configs; only the former has `names`. T is model::Secret or
/// model::Config. Errors: InvalidArgument (an unknown key).
template <class T>
[[nodiscard]] Result<void> check_payload_filters(wire::Filters const& filters);

/// Those that pass, by id: `id` and `name` are beginnings, `names` whole names, all in any letter
/// case and one is enough; `label` must hold too, and `name=` asks for no value.
template <class T>
[[nodiscard]] std::vector<std::shared_ptr<T const>> filter_payloads(state::Snapshot const& snapshot,
                                                                    wire::Filters const& filters);

}  // namespace swarmward::api
