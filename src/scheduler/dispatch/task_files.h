#pragma once

#include <vector>

#include "base/result.h"
#include "model/task_file.h"
#include "state/snapshot.h"

namespace swarmward::scheduler {

/// The secrets and configs of an assigned task, in the order of its spec, secrets first; templates
/// are expanded for its node. Empty for a task whose container has been started or shall not be:
/// the work is for those that need it. Errors, with native's texts: what is not there, a template
/// that cannot be expanded, an owner that is no number.
[[nodiscard]] Result<std::vector<model::TaskFile>> files_for(state::Snapshot const& snapshot,
                                                             model::Task const& task);

}  // namespace swarmward::scheduler
