#include "cluster/node_liveness.h"

#include <algorithm>

namespace swarmward::cluster {

std::optional<model::Node> NodeLiveness::sight(model::Node const& node,
                                               NodeSighting const& sighting,
                                               Time now) {
  if (!sighting.reachable) {
    if (node.status.state != model::NodeState::Down) {
      silent_since_.try_emplace(node.id, now);
    }
    return std::nullopt;
  }
  silent_since_.erase(node.id);
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
  std::erase_if(silent_since_, [&](auto const& entry) {
    auto const node = snapshot.find_node(entry.first);
    if (!node) {
      return true;
    }
    if (entry.second + kNodeDownAfter > now) {
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
  if (silent_since_.empty()) {
    return std::nullopt;
  }
  auto const first =
      std::ranges::min_element(silent_since_, {}, [](auto const& entry) { return entry.second; });
  return first->second + kNodeDownAfter;
}

}  // namespace swarmward::cluster
