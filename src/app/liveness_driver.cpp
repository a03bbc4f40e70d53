#include "app/liveness_driver.h"

#include <utility>

#include <boost/asio/post.hpp>

#include "base/log.h"

namespace swarmward::app {

namespace {

/// For members to find a manager that comes back: they try it twice a second.
constexpr std::chrono::seconds kFirstGrace{10};
/// A timer that is later than this was held up by the host.
constexpr std::chrono::milliseconds kStall{500};

}  // namespace

LivenessDriver::LivenessDriver(state::StateStore& store, Clock const& clock)
    : store_(store), clock_(clock), timer_(store.strand()) {}

void LivenessDriver::observe(model::NodeId const& node, backends::EngineObservation observation) {
  boost::asio::post(store_.strand(), [this, node, observation = std::move(observation)] {
    sight(node, observation);
  });
}

void LivenessDriver::beat(std::vector<model::NodeId> nodes) {
  boost::asio::post(store_.strand(), [this, nodes = std::move(nodes)] {
    for (auto const& id : nodes) {
      heard(id);
    }
    if (!armed_for_) {
      arm();
    }
  });
}

void LivenessDriver::heard(model::NodeId const& id) {
  auto const& head = store_.head();
  auto const node = head.find_node(id);
  if (node && head.cluster) {
    auto const grace = cluster::beat_grace(head.cluster->spec.heartbeat_period, head.nodes.size());
    write(liveness_.beat(*node, grace, clock_.now()));
  }
}

void LivenessDriver::farewell(model::NodeId const& id, cluster::Farewell why) {
  boost::asio::post(store_.strand(), [this, id, why] {
    if (auto const node = store_.head().find_node(id)) {
      write(liveness_.farewell(*node, why));
    }
  });
}

void LivenessDriver::expect_members() {
  for (auto const [id, node] : store_.head().nodes) {
    if (node->access.agent_port != 0) {
      liveness_.expect(id, kFirstGrace, clock_.now());
    }
  }
  arm();
}

void LivenessDriver::write(std::optional<model::Node> node) {
  if (!node) {
    return;
  }
  room_log("cluster")->info("node.{} node={}",
                            node->status.state == model::NodeState::Ready ? "ready" : "leaving",
                            node->description.hostname);
  auto const change = [&](state::Draft& draft) -> Result<void> {
    draft.put(std::move(*node));
    return {};
  };
  static_cast<void>(store_.apply(change));
}

void LivenessDriver::sight(model::NodeId const& id,
                           backends::EngineObservation const& observation) {
  auto const node = store_.head().find_node(id);
  if (!node) {
    return;
  }
  bool const foreign = observation.info && observation.info->native_swarm_active;
  if (foreign) {
    room_log("cluster")->error(
        "node.foreign_swarm node={} hint=\"its engine is in a swarm of its own: docker swarm leave "
        "--force there\"",
        node->description.hostname);
  }
  cluster::NodeSighting sighting{observation.reachable && !foreign, false, std::nullopt};
  if (observation.info) {
    sighting.description = observation.info->description;
    sighting.live_restore = observation.info->live_restore;
    sighting.engine_id = observation.info->id;
  }
  auto seen = liveness_.sight(*node, sighting, clock_.now());
  if (seen) {
    if (seen->status.state != node->status.state) {
      room_log("cluster")->info("node.ready node={}", node->description.hostname);
    }
    auto const change = [&](state::Draft& draft) -> Result<void> {
      draft.put(std::move(*seen));
      return {};
    };
    static_cast<void>(store_.apply(change));
  } else if (!sighting.reachable && node->status.state != model::NodeState::Down) {
    room_log("cluster")->warn(
        "node.silent node={} reason=\"{}\"", node->description.hostname, observation.error);
  }
  arm();
}

void LivenessDriver::arm() {
  auto const deadline = liveness_.next_deadline();
  armed_for_ = deadline;
  if (!deadline) {
    timer_.cancel();
    return;
  }
  timer_.expires_after(std::chrono::ceil<std::chrono::milliseconds>(*deadline - clock_.now()));
  timer_.async_wait([this](boost::system::error_code const& error) {
    if (!error) {
      check();
    }
  });
}

void LivenessDriver::check() {
  if (armed_for_ && clock_.now() > *armed_for_ + kStall) {
    // It is we who were away: what hosts said meanwhile was not heard.
    liveness_.forgive(clock_.now());
    arm();
    return;
  }
  auto down = liveness_.overdue(store_.head(), clock_.now());
  auto const change = [&](state::Draft& draft) -> Result<void> {
    for (auto& node : down) {
      room_log("cluster")->warn("node.down node={}", node.description.hostname);
      draft.put(std::move(node));
    }
    return {};
  };
  static_cast<void>(store_.apply(change));
  arm();
}

}  // namespace swarmward::app
