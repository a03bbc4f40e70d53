#pragma once

#include <cstdint>
#include <optional>

#include "scheduler/task_plan.h"

namespace swarmward::scheduler {

/// The tasks of a service (or of one that is gone: `view.service` null) whose objects go now:
/// removed ones that have stopped or never reached a node, those of global services whose node was
/// removed, and history beyond the limit. Pure.
/// `history_limit` counts the live task too; negative keeps all. What a decision is still read off
/// stays beyond it, as does what may still run on a node that is out of reach.
[[nodiscard]] std::vector<model::TaskId> plan_reap(ServiceView const& view,
                                                   std::int64_t history_limit);

}  // namespace swarmward::scheduler
