#pragma once

#include "model/task.h"

namespace swarmward::scheduler {

/// A task that never ran is not replaced sooner than this, or a missing image with a delay of 0
/// would keep an engine busy with nothing else.
inline constexpr Duration kLeastDelayOfNeverRun = std::chrono::milliseconds(500);

/// Whether the policy of its spec lets a task that ended by itself be replaced. Pure.
[[nodiscard]] bool should_restart(model::Task const& ended);

/// How long after the decision its replacement may start.
[[nodiscard]] Duration restart_delay(model::Task const& ended);

/// The restart times that the replacement must remember, `now` included; empty if its policy has no
/// limit, or the service has changed since.
[[nodiscard]] std::vector<Time> restart_history(model::Task const& ended,
                                                std::uint64_t spec_version,
                                                Time now);

}  // namespace swarmward::scheduler
