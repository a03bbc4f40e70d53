#pragma once

#include <memory>

#include "backends/files/local_task_files.h"
#include "model/ids.h"

// Where the files of secrets and configs lie on this host.

namespace swarmward::app {

/// Above the folders of all nodes. The same inside an agent's container as outside.
inline constexpr char const* kTaskFileRoot = "/run/swarmward/task-files";

/// Set, in the environment of a daemon, where the engine does not see what it mounts: in the
/// container of an agent.
inline constexpr char const* kMountsUnseen = "SWARMWARD_MOUNTS_UNSEEN";

/// Those of one node: each has its own folder, so that daemons which share a host do not meet.
[[nodiscard]] std::shared_ptr<backends::LocalTaskFiles> local_task_files(model::NodeId const& node);

}  // namespace swarmward::app
