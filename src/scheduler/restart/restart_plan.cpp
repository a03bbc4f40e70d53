#include "scheduler/restart/restart_plan.h"

#include <algorithm>

#include "scheduler/restart/restart_policy.h"

namespace swarmward::scheduler {

namespace {

NewTask replacement(ServiceView const& view, Place const& place, model::Task const& task) {
  NewTask created{place, model::TaskState::Ready, {}, view.now, false, {}};
  created.restarts = restart_history(task, view.service->spec_version, view.now);
  return created;
}

model::Task const* find(ServiceView const& view, model::TaskId const& id) {
  auto const found = std::ranges::find(view.tasks, id, [](auto const* task) { return task->id; });
  return found == view.tasks.end() ? nullptr : *found;
}

/// When a waiting task may start: now or earlier means at once.
Time start_time(ServiceView const& view, model::Task const& task) {
  auto const delay_over = task.start_not_before;
  if (task.replaces.empty()) {
    return delay_over;
  }
  auto const* old = find(view, task.replaces);
  bool const stopped = old == nullptr || model::is_terminal(old->status.state) ||
                       old->status.state < model::TaskState::Assigned ||
                       is_silent(node_of(view, *old));
  return stopped ? delay_over : std::max(delay_over, task.meta.created_at + kOldTaskWait);
}

}  // namespace

void plan_restart(ServiceView const& view,
                  Place const& place,
                  model::Task const& task,
                  TaskPlan& plan) {
  auto const* node = node_of(view, task);
  bool const assigned = task.status.state >= model::TaskState::Assigned;
  if (!model::is_terminal(task.status.state)) {
    if (!assigned || !is_lost(node)) {
      return;
    }
    // Infrastructure: replaced without delay and without using up an attempt.
    plan.shutdown.push_back(task.id);
    auto created = replacement(view, place, task);
    created.restarts = task.restarts;
    created.replaces = is_silent(node) ? model::TaskId{} : task.id;
    plan.create.push_back(std::move(created));
    return;
  }
  if (task.desired_state == model::TaskState::Ready && view.now < task.start_not_before) {
    // It died while waiting for its own delay: restarts never come closer than the delay.
    plan.wake_at(task.start_not_before);
    return;
  }
  plan.shutdown.push_back(task.id);
  if (should_restart(task)) {
    auto created = replacement(view, place, task);
    created.start_not_before = view.now + restart_delay(task);
    plan.create.push_back(std::move(created));
  }
}

void plan_starts(ServiceView const& view, TaskPlan& plan) {
  for (auto const* task : view.tasks) {
    if (task->desired_state != model::TaskState::Ready || model::is_terminal(task->status.state)) {
      continue;
    }
    auto const at = start_time(view, *task);
    if (at <= view.now) {
      plan.start.push_back(task->id);
    } else {
      plan.wake_at(at);
    }
  }
}

bool is_finished(std::vector<model::Task const*> const& newest_last) {
  auto const& last = *newest_last.back();
  auto const state = last.status.state;
  bool const by_itself = state == model::TaskState::Complete || state == model::TaskState::Failed ||
                         state == model::TaskState::Rejected;
  return last.desired_state == model::TaskState::Shutdown && by_itself && !should_restart(last);
}

}  // namespace swarmward::scheduler
