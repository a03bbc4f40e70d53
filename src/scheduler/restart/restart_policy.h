#pragma once

#include "model/task.h"

namespace swarmward::scheduler {

/// A task that never ran is not replaced sooner than this, or a missing image with a delay of 0
/// would keep an engine busy with nothing else.
inline constexpr Duration kLeastDelayOfNeverRun = std::chrono::milliseconds(500);

/// Growing delays stop growing here, unless the policy's own delay is longer. A task that ran for
/// longer than this starts the count of failures anew.
inline constexpr Duration kMostBackoff = std::chrono::minutes(5);

/// Whether delays grow while a place fails again and again.
enum class Backoff { Growing, Fixed };

/// Whether the policy of its spec lets a task that ended by itself be replaced. A job's task that
/// has completed never is. Pure.
[[nodiscard]] bool should_restart(model::Task const& ended);

/// How long after the decision its replacement may start: the policy's delay, doubled for each
/// failure in a row before this one, with up to 10 % more so that places that failed together do
/// not come back together. The first failure, and every end with success, has the plain delay.
[[nodiscard]] Duration restart_delay(model::Task const& ended, Backoff backoff);

/// The model::Task::failures_before of its replacement: one more if it failed soon after its start
/// or never ran, else none.
[[nodiscard]] std::uint32_t failures_after(model::Task const& ended);

/// The restart times that the replacement must remember, `now` included; empty if its policy has no
/// limit.
[[nodiscard]] std::vector<Time> restart_history(model::Task const& ended, Time now);

}  // namespace swarmward::scheduler
