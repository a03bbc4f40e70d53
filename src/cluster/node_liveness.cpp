#include "cluster/node_liveness.h"

#include <algorithm>

#include "model/ward_labels.h"

namespace swarmward::cluster {

namespace {

Duration grace_of(model::Node const& node, Duration usual) {
  return model::node_grace(node.spec.annotations.labels).value_or(usual);
}

constexpr std::chrono::milliseconds kShortestBeat{100};
constexpr std::chrono::milliseconds kShortestGrace{500};
constexpr Duration kUsualPeriod = std::chrono::seconds(5);

Duration period_or_usual(Duration period) {
  return period > Duration{} ? period : kUsualPeriod;
}

model::Node ready(model::Node node) {
  node.status.state = model::NodeState::Ready;
  node.status.message.clear();
  return node;
}

}  // namespace

unsigned pace_of(std::size_t hosts) {
  constexpr std::size_t kHostsAtFullPace = 500;
  constexpr std::size_t kSlowest = 5;
  auto const pace = (hosts + kHostsAtFullPace - 1) / kHostsAtFullPace;
  return static_cast<unsigned>(std::clamp<std::size_t>(pace, 1, kSlowest));
}

Duration beat_period(Duration heartbeat_period, std::size_t hosts) {
  return pace_of(hosts) * std::max<Duration>(period_or_usual(heartbeat_period) / 10, kShortestBeat);
}

Duration beat_pause(Duration period, Time now) {
  constexpr int kMomentsPerPeriod = 20;
  auto const step = std::max(period / kMomentsPerPeriod, Duration(1));
  return period - (now + period).time_since_epoch() % step;
}

Duration beat_grace(Duration heartbeat_period, std::size_t hosts) {
  return pace_of(hosts) * std::max<Duration>(period_or_usual(heartbeat_period) / 2, kShortestGrace);
}

std::optional<model::Node> NodeLiveness::beat(model::Node const& node, Duration grace, Time now) {
  auto& session = sessions_[node.id];
  session.silence = {now, grace_of(node, grace), grace};
  session.fresh = true;
  if (!session.engine || silent_.contains(node.id) ||
      node.status.state == model::NodeState::Ready) {
    return std::nullopt;
  }
  return ready(node);
}

std::optional<model::Node> NodeLiveness::farewell(model::Node const& node, Farewell why) {
  sessions_[node.id].fresh = false;
  auto leaving = node;
  if (why == Farewell::Left) {
    sessions_[node.id].silence.grace = Duration{};
    leaving.status.state = model::NodeState::Down;
    leaving.status.message = "the node left the swarm";
    return leaving;
  }
  if (node.status.state != model::NodeState::Ready) {
    return std::nullopt;
  }
  leaving.status.state = model::NodeState::Disconnected;
  leaving.status.message = "the daemon on this node was stopped";
  return leaving;
}

void NodeLiveness::expect(model::NodeId const& node, Duration grace, Time now) {
  sessions_[node].silence = {now, grace, grace};
}

void NodeLiveness::forgive(Time now) {
  for (auto& [id, session] : sessions_) {
    session.silence.since = now;
  }
  for (auto& [id, silence] : silent_) {
    silence.since = now;
  }
}

std::optional<model::Node> NodeLiveness::sight(model::Node const& node,
                                               NodeSighting const& sighting,
                                               Time now) {
  if (!sighting.reachable) {
    if (node.status.state != model::NodeState::Down) {
      auto const known = silent_.try_emplace(node.id, Silence{now, {}, {}}).first;
      auto const session = sessions_.find(node.id);
      bool const soon = session != sessions_.end() && !session->second.live_restore;
      known->second.usual = soon ? session->second.silence.usual : Duration(kNodeDownAfter);
      known->second.grace = grace_of(node, known->second.usual);
    }
    if (auto const session = sessions_.find(node.id); session != sessions_.end()) {
      session->second.engine = false;
    }
    return std::nullopt;
  }
  silent_.erase(node.id);
  auto seen = node;
  bool at_home = true;
  if (node.access.agent_port != 0) {
    auto& session = sessions_[node.id];
    session.engine = true;
    session.live_restore = sighting.live_restore;
    at_home = session.fresh;
  }
  if (at_home) {
    seen = ready(std::move(seen));
  }
  if (sighting.description) {
    auto description = *sighting.description;
    // The operator's name for a listed engine, and the certificates, are not the engine's to say.
    if (!node.description.hostname.empty()) {
      description.hostname = node.description.hostname;
    }
    description.tls = node.description.tls;
    seen.description = std::move(description);
    seen.engine_id = sighting.engine_id;
  }
  if (seen.status == node.status && seen.description == node.description &&
      seen.engine_id == node.engine_id) {
    return std::nullopt;
  }
  return seen;
}

std::vector<model::Node> NodeLiveness::overdue(state::Snapshot const& snapshot, Time now) {
  std::vector<model::Node> down;
  for (auto& [id, silence] : silent_) {
    if (auto const node = snapshot.find_node(id)) {
      silence.grace = grace_of(*node, silence.usual);
    }
  }
  auto const lose = [&](model::Node const& node) {
    auto lost = node;
    lost.status.state = model::NodeState::Down;
    lost.status.message = "heartbeat failure";
    down.push_back(std::move(lost));
  };
  std::erase_if(sessions_, [&](auto const& entry) { return !snapshot.find_node(entry.first); });
  for (auto& [id, session] : sessions_) {
    if (session.silence.grace == Duration{} || session.silence.over() > now) {
      continue;
    }
    session.silence.grace = Duration{};  // Told once, until it speaks again.
    session.fresh = false;
    silent_.erase(id);
    if (auto const node = snapshot.find_node(id); node->status.state != model::NodeState::Down) {
      lose(*node);
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
    lose(*node);
    return true;
  });
  return down;
}

std::optional<Time> NodeLiveness::next_deadline() const {
  std::optional<Time> first;
  auto const consider = [&](Silence const& silence) {
    if (silence.grace > Duration{} && (!first || silence.over() < *first)) {
      first = silence.over();
    }
  };
  for (auto const& [id, silence] : silent_) {
    consider(silence);
  }
  for (auto const& [id, session] : sessions_) {
    consider(session.silence);
  }
  return first;
}

}  // namespace swarmward::cluster
