#pragma once

#include <nlohmann/json_fwd.hpp>

#include "model/task.h"
#include "wire/network.h"

namespace swarmward::wire {

/// The task as `GET /tasks` shows it. A network that `networks` does not know, for it was removed,
/// is shown by its id alone.
[[nodiscard]] nlohmann::json to_json(model::Task const& task, FindNetwork const& networks);

}  // namespace swarmward::wire
