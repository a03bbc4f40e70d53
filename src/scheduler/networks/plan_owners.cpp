#include "scheduler/networks/plan_owners.h"

#include "scheduler/networks/network_plan.h"

namespace swarmward::scheduler {

namespace {

template <class T>
T const& either(state::Touch<T> const& touch) {
  return touch.after ? *touch.after : *touch.before;
}

bool has_come_or_gone(auto const& touch) {
  return !touch.before || !touch.after;
}

bool may_change_plans(state::Touch<model::Task> const& touch) {
  if (touch.before && touch.after && touch.before->networks.empty()) {
    return !touch.after->networks.empty();
  }
  return !either(touch).networks.empty() &&
         (has_come_or_gone(touch) || touch.before->networks != touch.after->networks ||
          touch.before->node_id != touch.after->node_id ||
          touch.before->desired_state != touch.after->desired_state ||
          touch.before->service_annotations != touch.after->service_annotations ||
          touch.before->spec != touch.after->spec ||
          touch.before->status.state != touch.after->status.state);
}

bool is_another_home(state::Touch<model::Node> const& touch) {
  return has_come_or_gone(touch) ||
         has_network_agent(*touch.before) != has_network_agent(*touch.after);
}

bool may_change_plans(state::Touch<model::Node> const& touch) {
  return has_come_or_gone(touch) || touch.before->attachments != touch.after->attachments ||
         model::data_path_of(*touch.before) != model::data_path_of(*touch.after);
}

bool may_change_plans(state::Touch<model::Cluster> const& touch) {
  return has_come_or_gone(touch) || touch.before->network_keys != touch.after->network_keys ||
         touch.before->data_path_port != touch.after->data_path_port;
}

}  // namespace

bool PlanOwners::empty() const {
  return networks.empty() && nodes.empty() && homes.empty() && services.empty() &&
         attachments.empty() && !cluster;
}

void PlanOwners::add(state::Touched const& touched) {
  for (auto const& touch : touched.clusters) {
    cluster = cluster || may_change_plans(touch);
  }
  for (auto const& touch : touched.networks) {
    networks.insert(either(touch).id);
  }
  for (auto const& touch : touched.services) {
    services.insert(either(touch).id);
  }
  for (auto const& touch : touched.nodes) {
    if (may_change_plans(touch)) {
      nodes.insert(either(touch).id);
    }
    if (is_another_home(touch)) {
      homes.insert(either(touch).id);
    }
  }
  for (auto const& touch : touched.tasks) {
    if (!may_change_plans(touch)) {
      continue;
    }
    auto const& task = either(touch);
    if (task.service_id.empty()) {
      attachments.insert(task.id);
    } else {
      services.insert(task.service_id);
    }
  }
}

PlanOwners all_plan_owners(state::Snapshot const& snapshot) {
  PlanOwners owners;
  owners.cluster = true;
  for (auto const [id, network] : snapshot.networks) {
    owners.networks.insert(id);
  }
  for (auto const [id, node] : snapshot.nodes) {
    owners.nodes.insert(id);
  }
  for (auto const [id, service] : snapshot.services) {
    owners.services.insert(id);
  }
  for (auto const& task : snapshot.tasks_of({})) {
    owners.attachments.insert(task->id);
  }
  return owners;
}

}  // namespace swarmward::scheduler
