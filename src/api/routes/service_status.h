#pragma once

#include <vector>

#include "state/snapshot.h"
#include "wire/service.h"

namespace swarmward::api {

/// What `GET /services?status=true` counts. `tasks` are those of the service.
[[nodiscard]] wire::ServiceStatus count_tasks(model::Service const& service,
                                              std::vector<state::TaskPtr> const& tasks);

}  // namespace swarmward::api
