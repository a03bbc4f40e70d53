#include "scheduler/loop/service_plan.h"

#include <set>

#include "scheduler/dependencies/dependency_plan.h"
#include "scheduler/dependencies/pre_deploy.h"
#include "scheduler/orchestrator/global_job_plan.h"
#include "scheduler/orchestrator/global_plan.h"
#include "scheduler/orchestrator/orphan_plan.h"
#include "scheduler/orchestrator/replicated_job_plan.h"
#include "scheduler/orchestrator/replicated_plan.h"
#include "scheduler/rebalancer/rebalance_plan.h"
#include "scheduler/schedule/schedule_plan.h"
#include "scheduler/updater/update_plan.h"

namespace swarmward::scheduler {

namespace {

TaskPlan give_up_all(ServiceView const& view) {
  TaskPlan plan;
  for (auto const* task : view.tasks) {
    if (task->desired_state < model::TaskState::Remove) {
      plan.remove.push_back(task->id);
    }
  }
  return plan;
}

struct PlanByMode {
  ServiceView const& view;
  TaskPlan operator()(model::Replicated const& /*mode*/) const { return plan_replicated(view); }
  TaskPlan operator()(model::Global const& /*mode*/) const { return plan_global(view); }
  TaskPlan operator()(model::ReplicatedJob const& /*mode*/) const {
    return plan_replicated_job(view);
  }
  TaskPlan operator()(model::GlobalJob const& /*mode*/) const { return plan_global_job(view); }
};

/// Parts of the plan may differ about a task that waits for its start: who stops does not start
/// before.
void keep_back_who_leaves(TaskPlan& plan) {
  if (plan.start.empty()) {
    return;
  }
  std::set<model::TaskId> leaving(plan.shutdown.begin(), plan.shutdown.end());
  leaving.insert(plan.remove.begin(), plan.remove.end());
  std::erase_if(plan.start, [&](auto const& id) { return leaving.contains(id); });
}

}  // namespace

TaskPlan plan_service(ServiceView const& view) {
  if (view.service == nullptr) {
    auto plan = give_up_all(view);
    plan_orphans(view, plan);
    return plan;
  }
  auto plan = std::visit(PlanByMode{view}, view.service->spec->mode);
  if (!is_job(*view.service)) {
    plan_update(view, plan);
    plan_rebalance(view, plan);
  }
  plan_schedule(view, plan);
  hold_for_dependencies(view, plan);
  hold_for_jobs(view, plan);
  plan_orphans(view, plan);
  keep_back_who_leaves(plan);
  return plan;
}

}  // namespace swarmward::scheduler
