#pragma once

#include <string>

#include "state/snapshot.h"

namespace swarmward::scheduler::simulation {

// A second opinion on what placement decides, written without a look at it and without its haste.

/// The node can take new tasks and fits what the task asks of it as such: constraints and platform.
[[nodiscard]] bool suits(model::Task const& task, model::Node const& node);

/// What the node carries with all tasks assigned to it is more than it has, or than the task's
/// service allows: says what. Empty if all is well.
[[nodiscard]] std::string overload(state::Snapshot const& head,
                                   model::Task const& task,
                                   model::Node const& node);

/// The task could be put on the node now.
[[nodiscard]] bool could_take(state::Snapshot const& head,
                              model::Task const& task,
                              model::Node const& node);

/// It holds its node's resources: assigned, and its process is not known to be gone.
[[nodiscard]] bool is_on_node(model::Task const& task);

}  // namespace swarmward::scheduler::simulation
