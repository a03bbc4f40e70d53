#include "api/routes/swarm_ops.h"

namespace swarmward::api {

Error out_of_sequence() {
  return rpc_error("Unknown", "update out of sequence");
}

Result<void> update_swarm(state::Draft& draft, SwarmUpdate const& update) {
  auto const present = draft.view().cluster;
  if (!present) {
    return rpc_error("NotFound", "cluster not found");
  }
  if (present->meta.version != update.version) {
    return out_of_sequence();
  }
  auto cluster = *present;
  if (auto changed = update.ca_change(cluster); !changed) {
    return changed;
  }
  bool const newly_locked = update.spec.autolock && !present->spec.autolock;
  cluster.spec = update.spec;
  if (update.worker_token == Rotate::Yes) {
    cluster.worker_token = update.new_worker_token;
  }
  if (update.manager_token == Rotate::Yes) {
    cluster.manager_token = update.new_manager_token;
  }
  if (!cluster.spec.autolock) {
    cluster.unlock_key.clear();
  } else if (newly_locked || update.unlock_key == Rotate::Yes) {
    cluster.unlock_key = update.new_unlock_key;
  }
  draft.put(std::move(cluster));
  return {};
}

}  // namespace swarmward::api
