#pragma once

#include <vector>

#include <boost/asio/steady_timer.hpp>

#include "backends/runner/runner_types.h"
#include "cluster/node_liveness.h"
#include "state/state_store.h"

namespace swarmward::app {

/// Feeds what is seen of the engines into node states, and watches the grace of silent ones.
/// Any thread calls observe(); the rest happens on the store's strand.
class LivenessDriver {
 public:
  LivenessDriver(state::StateStore& store, Clock const& clock);
  void observe(model::NodeId const& node, backends::EngineObservation observation);
  /// Hosts that joined say that they live, or that one stops. Any thread.
  void beat(std::vector<model::NodeId> nodes);
  void farewell(model::NodeId const& node, cluster::Farewell why);
  /// At the start of a manager: the hosts that joined before get some time to find it. Strand.
  void expect_members();

 private:
  void sight(model::NodeId const& id, backends::EngineObservation const& observation);
  void heard(model::NodeId const& id);
  void write(std::optional<model::Node> node);
  void arm();
  void check();

  state::StateStore& store_;
  Clock const& clock_;
  cluster::NodeLiveness liveness_;
  boost::asio::steady_timer timer_;
  std::optional<Time> armed_for_;
};

}  // namespace swarmward::app
