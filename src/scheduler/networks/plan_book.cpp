#include "scheduler/networks/plan_book.h"

#include <algorithm>
#include <utility>

#include "scheduler/networks/network_plan.h"
#include "scheduler/networks/plan_entries.h"
#include "scheduler/networks/plan_values.h"

namespace swarmward::scheduler {

namespace {

/// Those that say something of a network which has just come.
void add_users_of(state::Snapshot const& snapshot,
                  model::NetworkId const& network,
                  PlanOwners& owners) {
  for (auto const [id, node] : snapshot.nodes) {
    if (!address_in(node->attachments, network).empty()) {
      owners.nodes.insert(id);
    }
  }
  for (auto const [id, service] : snapshot.services) {
    owners.services.insert(id);
  }
  for (auto const& task : snapshot.tasks_of({})) {
    owners.attachments.insert(task->id);
  }
}

void add_tasks_on(state::Snapshot const& snapshot, model::NodeId const& node, PlanOwners& owners) {
  for (auto const& task : snapshot.tasks_on(node)) {
    if (task->service_id.empty()) {
      owners.attachments.insert(task->id);
    } else {
      owners.services.insert(task->service_id);
    }
  }
}

}  // namespace

void PlanBook::update(state::Snapshot const& snapshot, PlanOwners owners) {
  ++version_;
  for (auto const& id : owners.networks) {
    if (update_network(snapshot, id)) {
      add_users_of(snapshot, id, owners);
    }
  }
  for (auto const& id : owners.homes) {
    add_tasks_on(snapshot, id, owners);
  }
  for (auto const& id : owners.nodes) {
    update_node(snapshot, id);
  }
  for (auto const& id : owners.services) {
    update_service(snapshot, id);
  }
  for (auto const& id : owners.attachments) {
    update_attachment(snapshot, id);
  }
  if (owners.cluster) {
    data_path_port_ =
        snapshot.cluster ? snapshot.cluster->data_path_port : model::PlanUpdate().data_path_port;
    keys_ = snapshot.cluster ? snapshot.cluster->network_keys : std::vector<model::NetworkKey>();
    shared_changed_ = version_;
  }
}

bool PlanBook::update_network(state::Snapshot const& snapshot, model::NetworkId const& id) {
  auto const network = snapshot.find_network(id);
  if (network && model::is_node_local(network->spec)) {
    return false;  // Agents have no part in it.
  }
  if (!network) {
    networks_.erase(id);
    ingress_.erase(id);
    for (auto& [node, known] : nodes_) {
      if (known.networks.erase(id) > 0) {
        known.changed = version_;
      }
    }
    return false;
  }
  auto const [place, is_new] = networks_.try_emplace(id);
  auto head = plan_head(*network);
  if (is_new || place->second.head != head) {
    place->second.head = std::move(head);
    place->second.head_changed = version_;
  }
  if (network->spec.ingress) {
    ingress_.insert(id);
  }
  return is_new;
}

void PlanBook::update_node(state::Snapshot const& snapshot, model::NodeId const& id) {
  auto const node = snapshot.find_node(id);
  if (!node) {
    nodes_.erase(id);
    node_gone_ = version_;
    say(snapshot, id.str(), {}, {});
    return;
  }
  std::set<model::NetworkId> now;
  for (auto const& [network, address] : node->attachments) {
    if (networks_.contains(network)) {
      now.insert(network);
    }
  }
  auto& known = nodes_[id];
  auto const gone = std::erase_if(
      known.networks, [&](auto const& network) { return !now.contains(network.first); });
  bool another = gone > 0;
  for (auto const& network : now) {
    another = known.networks.emplace(network, version_).second || another;
  }
  if (another) {
    known.changed = version_;
  }
  say(snapshot, id.str(), now, [&](auto const& network) { return entries_of(*node, network); });
}

void PlanBook::update_service(state::Snapshot const& snapshot, model::ServiceId const& id) {
  auto const service = snapshot.find_service(id);
  if (!service) {
    say(snapshot, id.str(), {}, {});
    return;
  }
  std::set<model::NetworkId> in = service->endpoint.ports.empty() ? NetworkIds() : ingress_;
  for (auto const& attached : service->spec->task.networks) {
    in.emplace(attached.target);
  }
  for (auto const& vip : service->endpoint.virtual_ips) {
    in.emplace(vip.network_id);
  }
  say(snapshot, id.str(), in, [&](auto const& network) {
    return entries_of(snapshot, *service, network);
  });
}

void PlanBook::update_attachment(state::Snapshot const& snapshot, model::TaskId const& id) {
  auto const task = snapshot.find_task(id);
  NetworkIds in;
  if (task) {
    for (auto const& [network, address] : task->networks) {
      in.insert(network);
    }
  }
  say(snapshot, id.str(), in, [&](auto const& network) {
    return entries_of(snapshot, *task, network);
  });
}

void PlanBook::say(state::Snapshot const& snapshot,
                   std::string const& id,
                   NetworkIds const& in,
                   Say const& entries) {
  auto const [known, is_new] = owners_.try_emplace(id, Owner{last_owner_ + 1, {}});
  last_owner_ += is_new ? 1 : 0;
  auto& owner = known->second;
  auto all = in;
  all.merge(std::exchange(owner.in, {}));
  for (auto const& network_id : all) {
    auto const place = networks_.find(network_id);
    auto const network = place == networks_.end() ? nullptr : snapshot.find_network(network_id);
    if (!network) {
      continue;
    }
    auto const now = in.contains(network_id) ? entries(*network) : model::PlanEntries();
    if (now != model::PlanEntries()) {
      owner.in.insert(network_id);
    }
    say_in(place->second, owner.number, now);
  }
  if (owner.in.empty()) {
    owners_.erase(known);
  }
}

void PlanBook::say_in(Network& network, PlanOwner owner, model::PlanEntries const& now) {
  auto const said = network.said.try_emplace(owner).first;
  auto const put = [&](auto& table, auto& keys, auto const& values) {
    table.say(owner, keys, values, version_);
  };
  model::for_each_kind(put, network.tables, said->second, now);
  if (said->second == model::PlanKeys()) {
    network.said.erase(said);
  }
}

std::uint64_t PlanBook::last_change(Network const& network) {
  auto last = network.head_changed;
  auto const look = [&](auto const& table) { last = std::max(last, table.changed()); };
  model::for_each_kind(look, network.tables);
  return last;
}

bool PlanBook::knows_since(Network const& network, std::uint64_t version) {
  bool all = true;
  auto const look = [&](auto const& table) { all = all && table.knows_since(version); };
  model::for_each_kind(look, network.tables);
  return all;
}

std::vector<PlanBook::News> PlanBook::news_for(model::NodeId const& node,
                                               std::uint64_t since) const {
  std::vector<News> news;
  auto const known = nodes_.find(node);
  if (known == nodes_.end()) {
    return news;
  }
  for (auto const& [id, came] : known->second.networks) {
    auto const& network = networks_.at(id);
    if (came > since) {
      news.push_back({id, 0});
    } else if (last_change(network) > since) {
      news.push_back({id, knows_since(network, since) ? since : 0});
    }
  }
  return news;
}

bool PlanBook::is_current(model::NodeId const& node, std::uint64_t since) const {
  auto const known = nodes_.find(node);
  auto const own = known == nodes_.end() ? node_gone_ : known->second.changed;
  return since >= std::max(own, shared_changed_) && news_for(node, since).empty();
}

model::NetworkUpdate PlanBook::changes(News const& news) const {
  auto const& network = networks_.at(news.network);
  model::NetworkUpdate update;
  update.id = news.network.str();
  update.whole = news.since == 0;
  update.head = network.head;
  auto const add = [&](auto const& table, auto& put, auto& gone) {
    if (update.whole) {
      put = table.all();
    } else {
      table.changes_since(news.since, put, gone);
    }
  };
  model::for_each_kind(add, network.tables, update.put, update.gone);
  update.sum = plan_sum(network.head, network.tables);
  return update;
}

model::PlanUpdate PlanBook::frame_for(model::NodeId const& node) const {
  model::PlanUpdate update;
  update.data_path_port = data_path_port_;
  auto const known = nodes_.find(node);
  if (known == nodes_.end()) {
    return update;
  }
  for (auto const& [id, came] : known->second.networks) {
    update.networks.push_back(id.str());
    if (networks_.at(id).head.encrypted) {  // Only to whom it concerns.
      update.keys = keys_;
    }
  }
  return update;
}

}  // namespace swarmward::scheduler
