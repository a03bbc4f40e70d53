#pragma once

#include <nlohmann/json_fwd.hpp>

#include "model/task.h"

namespace swarmward::wire {

/// The task as `GET /tasks` shows it. NetworksAttachments and GenericResources are added by whoever
/// knows the allocation.
[[nodiscard]] nlohmann::json to_json(model::Task const& task);

}  // namespace swarmward::wire
