#pragma once

#include "scheduler/service_view.h"

namespace swarmward::scheduler {

/// A task on a drained node whose replacement does not run by then is stopped nevertheless.
inline constexpr Duration kDrainWait = std::chrono::minutes(10);

/// The service lets a task run on until its replacement elsewhere runs: it updates start-first, or
/// it has a single replica that nothing keeps from running twice for a moment (no host-mode port,
/// no writable mount).
[[nodiscard]] bool moves_start_first(model::Service const& service);

/// How many tasks of the service may be on the move at once; 0 is all.
[[nodiscard]] std::uint64_t move_parallelism(model::Service const& service);

/// How many replacements have been made ahead of tasks that are still wanted, and do not run yet.
[[nodiscard]] std::uint64_t moves_under_way(ServiceView const& view);

/// The wanted tasks of a place hold one that was made to take over from `leaving`. Null if not.
[[nodiscard]] model::Task const* find_mover(PlaceTasks const& place, model::Task const& leaving);

/// When the wait for replacements of tasks on this drained node ends.
[[nodiscard]] Time drain_deadline(model::Node const& node);

}  // namespace swarmward::scheduler
