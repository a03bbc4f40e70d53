#include "api/manager_check.h"

namespace swarmward::api {

std::string swarm_header(state::Snapshot const& snapshot) {
  return snapshot.cluster ? "active/manager" : "inactive";
}

Result<void> require_manager(state::Snapshot const& snapshot) {
  if (!snapshot.cluster) {
    return unavailable(
        "This node is not a swarm manager. Use \"docker swarm init\" or \"docker swarm join\" to "
        "connect this node to swarm and try again.");
  }
  return {};
}

}  // namespace swarmward::api
