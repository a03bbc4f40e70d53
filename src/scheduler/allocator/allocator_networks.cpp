// The networks' share of the allocator: subnets for networks, addresses for nodes.
#include <algorithm>

#include "base/log.h"
#include "scheduler/allocator/allocator.h"
#include "scheduler/allocator/network_allocation.h"
#include "scheduler/networks/network_plan.h"

namespace swarmward::scheduler {

namespace {

/// A task holds its addresses, and its node those of the networks, until its container is gone for
/// good.
bool holds_networks(state::TaskPtr const& task) {
  return task && !task->networks.empty() && !model::is_terminal(task->status.state);
}

/// An overlay that has no number and no subnet yet.
bool wants_subnet(model::Network const& network) {
  return network.vni == 0 && !model::is_node_local(network.spec);
}

bool attached_to(std::vector<model::NetworkAddress> const& attachments,
                 model::NetworkId const& network) {
  return std::ranges::find(attachments, network, &model::NetworkAddress::network) !=
         attachments.end();
}

}  // namespace

void Allocator::rebuild() {
  auto const& head = store_.head();
  book_.rebuild(head);
  networks_.clear();
  for (auto const [id, network] : head.networks) {
    last_vni_ = std::max(last_vni_, network->vni);
    if (wants_subnet(*network)) {
      networks_.insert(id);
    }
  }
  nodes_.clear();
  add_nodes(head);
  fresh_.clear();
  for (auto it = head.tasks.begin(); it != head.tasks.end(); ++it) {
    note_fresh(nullptr, it.value());
  }
}

std::set<model::ServiceId> Allocator::touch(state::Touched const& touched) {
  book_.touch(touched);
  for (auto const& touch : touched.clusters) {
    if (!touch.before || !touch.after) {
      pool_.reset();  // Another swarm has other pools, and begins with their first subnet.
      last_vni_ = 0;
    }
  }
  for (auto const& touch : touched.networks) {
    auto const& network = *(touch.after ? touch.after : touch.before);
    if (touch.after && wants_subnet(network) && network.err.empty()) {
      networks_.insert(network.id);
    } else {
      networks_.erase(network.id);
    }
    if (network.spec.ingress) {
      add_nodes(store_.head());
    }
    if (!touch.after) {  // Its subnet may be what others wait for.
      for (auto const [id, other] : store_.head().networks) {
        if (wants_subnet(*other)) {
          networks_.insert(id);
        }
      }
    }
  }
  for (auto const& touch : touched.nodes) {
    if (!touch.before) {
      nodes_.insert(touch.after->id);
    }
  }
  bool task_left = false;
  for (auto const& touch : touched.tasks) {
    note_fresh(touch.before, touch.after);
    if (holds_networks(touch.before) && !holds_networks(touch.after)) {
      task_left = true;
      if (!touch.before->node_id.empty()) {
        nodes_.insert(touch.before->node_id);
      }
    }
  }
  auto const gives_back = [](state::Touch<model::Service> const& touch) {
    return touch.before && (!touch.after || touch.after->endpoint != touch.before->endpoint ||
                            touch.after->spec != touch.before->spec);
  };
  bool const may_help = !starved_.empty() && (task_left || !touched.networks.empty() ||
                                              std::ranges::any_of(touched.services, gives_back));
  return may_help ? starved_ : std::set<model::ServiceId>{};
}

void Allocator::allocate_networks() {
  for (auto const& id : std::exchange(networks_, {})) {
    auto const& head = store_.head();
    auto const known = head.find_network(id);
    if (!known || !wants_subnet(*known) || !head.cluster) {
      continue;
    }
    if (!pool_) {
      pool_.emplace(pool_of(*head.cluster));
    }
    auto given = allocate_network(head, *known, book_.subnets(), *pool_, last_vni_);
    if (given.err == known->err && !given.err.empty()) {
      continue;
    }
    if (!given.err.empty()) {
      room_log("scheduler")
          ->warn("network.not_allocated network={} reason=\"{}\"", known->name(), given.err);
    }
    auto network = *known;
    last_vni_ = std::max(last_vni_, given.vni);
    network.vni = given.vni;
    network.ipam = std::move(given.ipam);
    network.err = std::move(given.err);
    auto const change = [&](state::Draft& draft) -> Result<void> {
      draft.put(std::move(network));
      return {};
    };
    static_cast<void>(store_.apply(change));
  }
}

void Allocator::reject(state::Draft& draft, std::vector<model::TaskId> const& tasks) {
  for (auto const& id : tasks) {
    auto task = *draft.view().find_task(id);
    task.status.state = model::TaskState::Rejected;
    task.status.message = "rejected";
    // Native's text.
    task.status.err = "node is missing network attachments, ip addresses may be exhausted";
    task.status.timestamp = draft.now();
    draft.put(std::move(task));
  }
}

bool Allocator::attach_node(model::Node& node, model::NetworkId const& network) {
  if (attached_to(node.attachments, network)) {
    return true;
  }
  auto own = book_.take_own(network, node.id);
  if (own) {
    node.attachments.push_back({network, std::move(*own)});
  }
  return own.has_value();
}

std::vector<model::TaskId> Allocator::attach_nodes(state::Draft& draft,
                                                   std::vector<Assignment> const& assignments) {
  std::vector<model::TaskId> refused;
  for (auto const& assignment : assignments) {
    auto const known = draft.view().find_node(assignment.node);
    if (!known || assignment.task->networks.empty() || !has_network_agent(*known)) {
      continue;
    }
    auto node = *known;
    bool complete = true;
    for (auto const& [network, address] : assignment.task->networks) {
      // Of a node-local network neither has an address.
      complete = (address.empty() || attach_node(node, network)) && complete;
    }
    if (node.attachments.size() != known->attachments.size()) {
      draft.put(std::move(node));
    }
    if (!complete) {
      refused.push_back(assignment.task->id);
    }
  }
  return refused;
}

void Allocator::add_nodes(state::Snapshot const& head) {
  if (!head.networks.empty()) {
    for (auto const [id, node] : head.nodes) {
      nodes_.insert(id);
    }
  }
}

/// Every node answers for published ports, so it is in the ingress network; in others it is as long
/// as it has a task there.
void Allocator::allocate_nodes() {
  for (auto const& id : std::exchange(nodes_, {})) {
    auto const& head = store_.head();
    auto const known = head.find_node(id);
    if (!known) {
      continue;
    }
    auto node = *known;
    auto const ingress = ingress_network(head);
    auto const tasks = head.tasks_on(id);
    std::erase_if(node.attachments, [&](model::NetworkAddress const& attachment) {
      bool const kept = ingress && ingress->id == attachment.network;
      return !kept && std::ranges::none_of(tasks, [&](state::TaskPtr const& task) {
        return holds_networks(task) && attached_to(task->networks, attachment.network);
      });
    });
    if (ingress && has_network_agent(node) && !attached_to(node.attachments, ingress->id)) {
      if (auto address = book_.take_own(ingress->id, id)) {
        node.attachments.push_back({ingress->id, std::move(*address)});
      }
    }
    if (node.attachments == known->attachments) {
      continue;
    }
    auto const change = [&](state::Draft& draft) -> Result<void> {
      draft.put(std::move(node));
      return {};
    };
    static_cast<void>(store_.apply(change));
  }
}

}  // namespace swarmward::scheduler
