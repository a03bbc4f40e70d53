#pragma once

#include <chrono>
#include <optional>
#include <vector>

#include "model/network_plan.h"
#include "scheduler/task_plan.h"
#include "state/state_store.h"

namespace swarmward::scheduler {

/// So long nodes speak by one key of encrypted networks. It must be far longer than plans take to
/// reach all nodes: they understand a key for as long before anybody speaks by it. Source: swarm
/// mode.
inline constexpr std::chrono::hours kNetworkKeyLife{12};

struct NetworkKeyPlan {
  std::optional<std::vector<model::NetworkKey>> keys;  ///< Those from now on, if others.
  Time wake = kNever;
};

/// Pure but for `random`. Three keys are in use as soon as there is an encrypted network: the last
/// one spoken by, the present and the next one. Without such networks none are made, and those that
/// are there stay.
[[nodiscard]] NetworkKeyPlan plan_network_keys(state::Snapshot const& snapshot,
                                               RandomBytes const& random,
                                               Time now);

/// Writes what is due. Returns when to look again. Strand only.
[[nodiscard]] Time keep_network_keys(state::StateStore& store, RandomBytes const& random, Time now);

}  // namespace swarmward::scheduler
