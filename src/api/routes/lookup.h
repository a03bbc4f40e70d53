#pragma once

#include <string_view>

#include "base/result.h"
#include "state/snapshot.h"

namespace swarmward::api {

/// What a client may call an object by, tried in this order: its whole id, its name, the beginning
/// of its id. A node's name is its hostname, a task's is `service.slot.taskid`. Errors: NotFound
/// `service x not found`, InvalidArgument `service x is ambiguous (2 matches found)`.
[[nodiscard]] Result<state::NodePtr> get_node(state::Snapshot const& snapshot,
                                              std::string_view input);
[[nodiscard]] Result<state::ServicePtr> get_service(state::Snapshot const& snapshot,
                                                    std::string_view input);
/// The names of secrets and configs are found in any letter case.
[[nodiscard]] Result<state::SecretPtr> get_secret(state::Snapshot const& snapshot,
                                                  std::string_view input);
[[nodiscard]] Result<state::ConfigPtr> get_config(state::Snapshot const& snapshot,
                                                  std::string_view input);
[[nodiscard]] Result<state::TaskPtr> get_task(state::Snapshot const& snapshot,
                                              std::string_view input);
/// By its whole name alone, which is that of its container too; null if there is none.
[[nodiscard]] state::TaskPtr find_task_named(state::Snapshot const& snapshot,
                                             std::string_view name);

}  // namespace swarmward::api
