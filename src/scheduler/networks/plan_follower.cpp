#include "scheduler/networks/plan_follower.h"

#include <algorithm>
#include <set>

namespace swarmward::scheduler {

namespace {

/// The tables of a node have one owner: the manager.
constexpr PlanOwner kManager = 0;

}  // namespace

Result<void> PlanFollower::follow(model::PlanUpdate const& update) {
  if (update.since.empty()) {
    networks_.clear();
    plan_ = {};
  } else if (update.since != mark_) {
    mark_.clear();
    return conflict("an update of networks starts from another state than this node's");
  }
  mark_.clear();
  std::erase_if(networks_, [&](auto const& known) {
    return std::ranges::find(update.networks, known.first) == update.networks.end();
  });
  for (auto const& change : update.changes) {
    if (auto taken = take(change); !taken) {
      return taken;
    }
  }
  make_plan(update);
  mark_ = update.mark;
  return {};
}

Result<void> PlanFollower::take(model::NetworkUpdate const& change) {
  if (change.whole) {
    networks_.erase(change.id);
  }
  auto& network = networks_[change.id];
  network.head = change.head;
  auto const apply = [](auto& table, auto const& put, auto const& gone) {
    for (auto const& key : gone) {
      table.set(kManager, key, nullptr, 1);
    }
    for (auto const& value : put) {
      table.set(kManager, model::plan_key(value), &value, 1);
    }
  };
  model::for_each_kind(apply, network.tables, change.put, change.gone);
  // Where even the whole differs, the manager is of another version and knows other fields.
  if (!change.whole && plan_sum(network.head, network.tables) != change.sum) {
    return conflict("what this node knows of network " + change.id +
                    " is not what the manager says");
  }
  return {};
}

void PlanFollower::make_plan(model::PlanUpdate const& update) {
  std::set<std::string> changed;
  for (auto const& change : update.changes) {
    changed.insert(change.id);
  }
  std::erase_if(plan_.networks, [&](model::PlannedNetwork const& network) {
    return changed.contains(network.id) || !networks_.contains(network.id);
  });
  bool const had_ingress = networks_.contains(plan_.ingress);
  if (!had_ingress) {
    plan_.ingress.clear();
    plan_.ports.clear();
  }
  for (auto const& id : changed) {
    auto const network = networks_.find(id);
    if (network == networks_.end()) {
      continue;
    }
    plan_.networks.push_back(planned(id, network->second));
    if (network->second.head.ingress) {
      plan_.ingress = id;
      plan_.ports = ports(network->second);
    }
  }
  std::ranges::sort(plan_.networks, {}, &model::PlannedNetwork::id);
  plan_.data_path_port = update.data_path_port;
  plan_.keys = update.keys;
  plan_.host = host();
}

/// Only where a network is encrypted, and the same in all of them.
std::string PlanFollower::host() const {
  for (auto const& [id, network] : networks_) {
    if (network.head.encrypted) {
      auto const here = network.tables.nodes.find(node_);
      return here ? here->host : std::string();
    }
  }
  return {};
}

model::PlannedNetwork PlanFollower::planned(std::string const& id, Network const& network) const {
  auto const& head = network.head;
  auto const& tables = network.tables;
  model::PlannedNetwork planned;
  planned.id = id;
  planned.name = head.name;
  planned.vni = head.vni;
  planned.subnet = head.subnet;
  planned.more_subnets = head.more_subnets;
  planned.mtu = head.mtu;
  planned.internal = head.internal;
  planned.encrypted = head.encrypted;
  std::map<std::string, model::PlanNode> nodes;
  for (auto& node : tables.nodes.all()) {
    if (node.node == node_) {
      planned.node_address = node.address;
    } else {
      planned.peers.push_back({node.address, node.host, node.address});
      nodes.emplace(node.node, std::move(node));
    }
  }
  tables.members.for_each([&](model::PlanMember const& member) {
    if (member.node == node_) {
      planned.local.push_back(member.address);
      if (member.own_servers) {
        planned.own_servers.push_back(member.address);
      }
    } else if (auto const node = nodes.find(member.node); node != nodes.end()) {
      planned.peers.push_back({member.address, node->second.host, node->second.address});
    }
  });
  std::ranges::sort(planned.peers, {}, &model::PlannedPeer::address);
  planned.vips = tables.vips.all();
  planned.names = tables.names.all();
  planned.reverse = tables.reverse.all();
  return planned;
}

std::vector<model::PlannedPort> PlanFollower::ports(Network const& network) const {
  std::set<std::string> local;
  network.tables.members.for_each([&](model::PlanMember const& member) {
    if (member.node == node_) {
      local.insert(member.address);
    }
  });
  auto ports = network.tables.ports.all();
  std::erase_if(ports, [&](model::PlannedPort& port) {
    if (port.mode != model::IngressMode::Local) {
      return false;
    }
    std::erase_if(port.backends,
                  [&](std::string const& address) { return !local.contains(address); });
    return port.backends.empty();
  });
  std::ranges::sort(ports, {}, [](model::PlannedPort const& port) {
    return std::pair(port.protocol, port.published_port);
  });
  return ports;
}

}  // namespace swarmward::scheduler
