#include "app/liveness_driver.h"

#include <utility>

#include <boost/asio/post.hpp>

#include "base/log.h"

namespace swarmward::app {

LivenessDriver::LivenessDriver(state::StateStore& store, Clock const& clock)
    : store_(store), clock_(clock), timer_(store.strand()) {}

void LivenessDriver::observe(model::NodeId const& node, backends::EngineObservation observation) {
  boost::asio::post(store_.strand(), [this, node, observation = std::move(observation)] {
    sight(node, observation);
  });
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
  cluster::NodeSighting sighting{observation.reachable && !foreign, std::nullopt};
  if (observation.info) {
    sighting.description = observation.info->description;
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
