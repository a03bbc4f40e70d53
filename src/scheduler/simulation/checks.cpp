// Checks of commits: what may become of an object, and what must not.
#include "scheduler/simulation/checks.h"

#include "scheduler/simulation/oracle.h"

namespace swarmward::scheduler::simulation {

using model::TaskState;
using model::UpdateState;

namespace {

bool is_told_to_run(model::Task const& task) {
  return task.desired_state == TaskState::Running;
}

/// Without a request of a client in between.
bool may_follow(std::optional<model::UpdateStatus> const& before,
                std::optional<model::UpdateStatus> const& after) {
  if (!after) {
    return !before;
  }
  if (!before) {
    return after->state == UpdateState::Updating;
  }
  if (before->state == after->state) {
    return true;
  }
  switch (before->state) {
    case UpdateState::Updating:
      return after->state == UpdateState::Completed || after->state == UpdateState::Paused ||
             after->state == UpdateState::RollbackStarted;
    case UpdateState::RollbackStarted:
      return after->state == UpdateState::RollbackCompleted ||
             after->state == UpdateState::RollbackPaused;
    case UpdateState::Completed:
    case UpdateState::RollbackCompleted:
      return after->state == UpdateState::Updating;  // A task became outdated since.
    case UpdateState::Paused:
    case UpdateState::RollbackPaused:
      return false;
  }
  return false;
}

}  // namespace

void Checks::loaded(state::Snapshot const& snapshot) {
  head_ = snapshot;
  if (snapshot.version < published_) {
    stage_.fail("version {} was published, {} was loaded", published_, snapshot.version);
  }
}

void Checks::published(state::Snapshot const& snapshot) {
  if (snapshot.version < published_) {
    stage_.fail("version {} is published after {}", snapshot.version, published_);
  }
  published_ = snapshot.version;
}

void Checks::committed(state::Snapshot const& head, state::Touched const& touched) {
  head_ = head;
  for (auto const& touch : touched.services) {
    if (touch.before && touch.after) {
      check_service(*touch.before, *touch.after);
    }
  }
  for (auto const& touch : touched.nodes) {
    if (!touch.after || touch.after->status.state == model::NodeState::Down) {
      excuse_containers_of(touch.after ? touch.after->id : touch.before->id);
    }
  }
  for (auto const& touch : touched.tasks) {
    if (!touch.after) {
      check_erased_task(head, *touch.before);
    } else if (touch.before) {
      check_task(head, *touch.before, *touch.after);
    } else {
      check_new_task(head, *touch.after);
    }
  }
}

void Checks::check_new_task(state::Snapshot const& head, model::Task const& task) {
  stage_.trace.add("task {} of {}.{} is made: origin {} desired {}",
                   brief(task.id),
                   brief(task.service_id),
                   task.slot,
                   static_cast<int>(task.origin),
                   model::to_string(task.desired_state));
  if (task.meta.version > head.version || task.status.state > TaskState::Pending ||
      task.desired_state > TaskState::Complete) {
    stage_.fail("task {} is not born new", brief(task.id));
  }
  if (is_told_to_run(task)) {
    note_start(head, task);
  }
  check_jobs_before(head, task);
}

void Checks::check_task(state::Snapshot const& head,
                        model::Task const& before,
                        model::Task const& after) {
  stage_.trace.add("task {} of {}.{}: {} ({}) -> {} ({}) on {} {}",
                   brief(after.id),
                   brief(after.service_id),
                   after.slot,
                   model::to_string(before.status.state),
                   model::to_string(before.desired_state),
                   model::to_string(after.status.state),
                   model::to_string(after.desired_state),
                   brief(after.node_id),
                   after.status.err);
  if (after.status.state < before.status.state) {
    stage_.fail("task {}: its observed state goes back", brief(after.id));
  }
  if (after.desired_state < before.desired_state) {
    stage_.fail("task {}: its desired state goes back", brief(after.id));
  }
  if (!before.node_id.empty() && before.node_id != after.node_id) {
    stage_.fail("task {} changes its node", brief(after.id));
  }
  if (after.meta.version < before.meta.version) {  // Equal: twice in one commit.
    stage_.fail("task {}: its version goes back", brief(after.id));
  }
  if (after.spec != before.spec || after.slot != before.slot ||
      after.service_id != before.service_id || after.meta.created_at != before.meta.created_at) {
    stage_.fail("task {} becomes another", brief(after.id));
  }
  if (before.status.state < TaskState::Assigned && is_on_node(after)) {
    check_assignment(head, after);
  }
  if (!is_told_to_run(before) && is_told_to_run(after)) {
    note_start(head, after);
  }
  check_slot(head, before, after);
}

void Checks::check_assignment(state::Snapshot const& head, model::Task const& task) {
  auto const node = head.find_node(task.node_id);
  if (!node) {
    return stage_.fail("task {} is assigned to a node that is not there", brief(task.id));
  }
  if (!suits(task, *node)) {
    return stage_.fail("task {} is assigned to {}, which does not take it: {}, availability {}",
                       brief(task.id),
                       brief(node->id),
                       node->description.hostname,
                       static_cast<int>(node->spec.availability));
  }
  if (auto const what = overload(head, task, *node); !what.empty()) {
    stage_.fail(
        "task {} is assigned to {}, which has too few: {}", brief(task.id), brief(node->id), what);
  }
}

/// An object may go once its container has, or once nobody can tell.
void Checks::check_erased_task(state::Snapshot const& head, model::Task const& task) {
  stage_.trace.add("task {} of {}.{} is gone", brief(task.id), brief(task.service_id), task.slot);
  auto const node = head.find_node(task.node_id);
  if (!node || task.status.state < TaskState::Assigned) {
    return;
  }
  if (is_on_node(task)) {
    stage_.fail("task {} is forgotten while it may run", brief(task.id));
  }
  auto const& containers = engines_.at(node->engine_name)->containers();
  auto const container = containers.find(task.id);
  bool const runs = container != containers.end() && container->second.phase == Phase::Running;
  if (runs && !unstoppable_.contains(task.id)) {
    stage_.fail("task {} is forgotten while its container runs", brief(task.id));
  }
}

void Checks::check_service(model::Service const& before, model::Service const& after) {
  bool const by_client = before.spec != after.spec || before.spec_version != after.spec_version;
  bool const status_changed = before.update_status != after.update_status;
  if (status_changed) {
    stage_.trace.add("service {}: update {}",
                     brief(after.id),
                     after.update_status ? after.update_status->message : "status cleared");
  }
  if (after.meta.version < before.meta.version) {  // Equal: twice in one commit.
    stage_.fail("service {}: its version goes back", brief(after.id));
  }
  bool const backwards =
      after.update_status && after.update_status->state == UpdateState::RollbackStarted;
  if (!by_client && !backwards && !may_follow(before.update_status, after.update_status)) {
    stage_.fail("service {}: its update goes from {} to {}",
                brief(after.id),
                before.update_status ? before.update_status->message : "none",
                after.update_status ? after.update_status->message : "none");
  }
}

}  // namespace swarmward::scheduler::simulation
