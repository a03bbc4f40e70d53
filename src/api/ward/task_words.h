#pragma once

#include <string>
#include <vector>

#include "base/time.h"
#include "state/snapshot.h"

namespace swarmward::api {

/// The task is where it should be: nobody needs an explanation. One that has ended and should have
/// counts, too.
[[nodiscard]] bool is_as_wanted(model::Task const& task, state::Snapshot const& snapshot);

/// What the task is doing and what it waits for, in sentences. Pure. `now` is the time of asking.
[[nodiscard]] std::vector<std::string> task_words(model::Task const& task,
                                                  state::Snapshot const& snapshot,
                                                  Time now);

/// "failed: task: non-zero exit (1)".
[[nodiscard]] std::string ending_of(model::Task const& task);

/// The newest task of the same place that was made before this one; null if there is none.
[[nodiscard]] state::TaskPtr task_before(model::Task const& task, state::Snapshot const& snapshot);

}  // namespace swarmward::api
