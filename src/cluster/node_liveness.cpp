#include "cluster/node_liveness.h"

#include <algorithm>

#include "model/ward_labels.h"

namespace swarmward::cluster {

namespace {

Duration grace_of(model::Node const& node) {
  return model::node_grace(node.spec.annotations.labels).value_or(kNodeDownAfter);
}

}  // namespace

std::optional<model::Node> NodeLiveness::sight(model::Node const& node,
                                               NodeSighting const& sighting,
                                               Time now) {
  if (!sighting.reachable) {
    if (node.status.state != model::NodeState::Down) {
      auto const known = silent_.try_emplace(node.id, Silence{now, {}}).first;
      known->second.grace = grace_of(node);
    }
    return std::nullopt;
  }
  silent_.erase(node.id);
  auto seen = node;
  seen.status.state = model::NodeState::Ready;
  seen.status.message.clear();
  if (sighting.description) {
    auto description = *sighting.description;
    // The operator's name for a listed engine, and the certificates, are not the engine's to say.
    if (!node.description.hostname.empty()) {
      description.hostname = node.description.hostname;
    }
    description.tls = node.description.tls;
    seen.description = std::move(description);
  }
  if (seen.status == node.status && seen.description == node.description) {
    return std::nullopt;
  }
  return seen;
}

std::vector<model::Node> NodeLiveness::overdue(state::Snapshot const& snapshot, Time now) {
  std::vector<model::Node> down;
  for (auto& [id, silence] : silent_) {
    if (auto const node = snapshot.find_node(id)) {
      silence.grace = grace_of(*node);
    }
  }
  std::erase_if(silent_, [&](auto const& entry) {
    auto const node = snapshot.find_node(entry.first);
    if (!node) {
      return true;
    }
    if (entry.second.over() > now) {
      return false;
    }
    auto lost = *node;
    lost.status.state = model::NodeState::Down;
    lost.status.message = "heartbeat failure";
    down.push_back(std::move(lost));
    return true;
  });
  return down;
}

std::optional<Time> NodeLiveness::next_deadline() const {
  if (silent_.empty()) {
    return std::nullopt;
  }
  auto const first =
      std::ranges::min_element(silent_, {}, [](auto const& entry) { return entry.second.over(); });
  return first->second.over();
}

}  // namespace swarmward::cluster
