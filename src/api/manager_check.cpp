#include "api/manager_check.h"

namespace swarmward::api {

std::string swarm_header(state::Snapshot const& snapshot, WorkerView const* worker) {
  if (snapshot.cluster) {
    return "active/manager";
  }
  if (worker == nullptr) {
    return "inactive";
  }
  if (worker->locked) {
    return "locked";
  }
  return worker->error.empty() ? "active/worker" : "error";
}

Result<void> require_manager(Call const& call) {
  if (call.snapshot->cluster) {
    return {};
  }
  if (call.worker && call.worker->locked) {
    return unavailable(call.worker->error);
  }
  if (call.worker) {
    return unavailable(
        "This node is not a swarm manager. Worker nodes can't be used to view or modify cluster "
        "state. Please run this command on a manager node or promote the current node to a "
        "manager.");
  }
  return unavailable(
      "This node is not a swarm manager. Use \"docker swarm init\" or \"docker swarm join\" to "
      "connect this node to swarm and try again.");
}

}  // namespace swarmward::api
