#include "scheduler/loop/slot_plan.h"

#include <algorithm>

#include "model/ward_labels.h"
#include "scheduler/dependencies/pre_deploy.h"
#include "scheduler/orchestrator/orphan_plan.h"
#include "scheduler/orchestrator/replicated_plan.h"
#include "scheduler/restart/restart_plan.h"
#include "scheduler/restart/start_plan.h"
#include "scheduler/updater/update_progress.h"

namespace swarmward::scheduler {

namespace {

/// How many may move at once is counted over all slots: one waits for the other.
bool has_to_move(ServiceView const& view) {
  return std::ranges::any_of(
      view.tasks, [&](auto const* task) { return is_wanted(*task) && must_leave(view, *task); });
}

bool needs_the_updater(ServiceView const& view, TaskPlan const& plan) {
  std::set<model::TaskId> const leaving(plan.shutdown.begin(), plan.shutdown.end());
  return std::ranges::any_of(update_progress(view, leaving), [](auto const& place) {
    return !place.outdated.empty() || !place.doubles.empty();
  });
}

}  // namespace

bool slots_stand_alone(ServiceView const& view) {
  if (view.service == nullptr) {
    return false;
  }
  auto const& service = *view.service;
  auto const& labels = service.spec->annotations.labels;
  return std::holds_alternative<model::Replicated>(service.spec->mode) &&
         (!service.update_status || has_finished_update(service)) &&
         !model::has_rebalance(labels) && model::dependencies(labels).empty() &&
         !may_wait_for_jobs(view) && !has_to_move(view);
}

std::optional<TaskPlan> plan_slot(ServiceView const& view) {
  // A slot that is taken was taken before: where the plan was empty, those that are free have only
  // tasks that are to be removed, and such a task is never wanted again. So their number is right.
  if (!slots_stand_alone(view) || view.places().size() != 1 ||
      !is_taken(view, view.places().front())) {
    return std::nullopt;
  }
  TaskPlan plan;
  plan_restarts(view, view.places(), plan);
  plan_starts(view, plan);
  if (needs_the_updater(view, plan)) {
    return std::nullopt;
  }
  plan_orphans(view, plan);
  return plan;
}

}  // namespace swarmward::scheduler
