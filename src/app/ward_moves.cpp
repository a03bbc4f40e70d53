#include "app/ward_moves.h"

#include <algorithm>

#include "scheduler/loop/apply_plan.h"
#include "scheduler/rebalancer/move_list.h"

namespace swarmward::app {

namespace {

/// One service of a snapshot, with what its view points to.
struct Subject {
  state::ServicePtr service;
  std::vector<state::TaskPtr> tasks;

  [[nodiscard]] scheduler::ServiceView view(state::Snapshot const& snapshot, Time now) const {
    std::vector<model::Task const*> all;
    all.reserve(tasks.size());
    for (auto const& task : tasks) {
      all.push_back(task.get());
    }
    return {service.get(), std::move(all), &snapshot.nodes, now, &snapshot};
  }
};

/// The one asked for, or all that can be evened out. Of the latter nobody asked about each.
std::vector<Subject> subjects(state::Snapshot const& snapshot, model::ServiceId const& only) {
  std::vector<Subject> found;
  for (auto const& [id, service] : snapshot.services) {
    bool const asked = id == only;
    bool const replicated = std::holds_alternative<model::Replicated>(service->spec->mode);
    if (asked || (only.empty() && replicated)) {
      found.push_back({service, snapshot.tasks_of(id)});
    }
  }
  std::ranges::sort(found, {}, [](Subject const& each) { return each.service->name(); });
  return found;
}

void add(Subject const& subject, scheduler::MoveList const& list, api::RebalanceReport& report) {
  if (!list.refusal.empty()) {
    report.refusals.push_back({subject.service->name(), list.refusal});
  }
  for (auto const& move : list.moves) {
    report.moves.push_back({subject.service->id,
                            subject.service->name(),
                            move.task->id,
                            model::display_name(*move.task),
                            move.task->node_id,
                            move.to,
                            {}});
  }
}

/// Names the tasks that take over.
void add_new_tasks(state::Snapshot const& snapshot, api::RebalanceReport& report) {
  for (auto& move : report.moves) {
    for (auto const& task : snapshot.tasks_of(move.service)) {
      if (task->replaces == move.task && task->node_id == move.to &&
          task->desired_state <= model::TaskState::Running) {
        move.new_task = task->id;
      }
    }
  }
}

}  // namespace

api::RebalanceReport list_moves(state::Snapshot const& snapshot,
                                model::ServiceId const& service,
                                Time now) {
  api::RebalanceReport report;
  scheduler::PlacementView nodes(snapshot, now);
  for (auto const& subject : subjects(snapshot, service)) {
    add(subject, scheduler::list_moves(subject.view(snapshot, now), nodes), report);
  }
  return report;
}

api::RebalanceReport make_moves(state::Draft& draft,
                                model::ServiceId const& service,
                                RandomBytes const& random) {
  api::RebalanceReport report;
  auto const before = draft.view();  // Tables change in place while tasks are made.
  scheduler::PlacementView nodes(before, draft.now());
  for (auto const& subject : subjects(before, service)) {
    auto const view = subject.view(before, draft.now());
    auto const list = scheduler::list_moves(view, nodes);
    scheduler::TaskPlan plan;
    auto const count = std::min(scheduler::free_moves(view), list.moves.size());
    for (std::size_t at = 0; at < count; ++at) {
      plan.create.push_back(scheduler::make_move(view, list.moves[at]));
    }
    scheduler::apply_task_plan(draft, subject.service->id, plan, random);
    add(subject, list, report);
  }
  add_new_tasks(draft.view(), report);
  return report;
}

}  // namespace swarmward::app
