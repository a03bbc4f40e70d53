#pragma once

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

 private:
  void sight(model::NodeId const& id, backends::EngineObservation const& observation);
  void arm();
  void check();

  state::StateStore& store_;
  Clock const& clock_;
  cluster::NodeLiveness liveness_;
  boost::asio::steady_timer timer_;
};

}  // namespace swarmward::app
