#include "api/routes/node_ops.h"

#include "api/routes/swarm_ops.h"

namespace swarmward::api {

namespace {

Error no_node(model::NodeId const& id) {
  return rpc_error("NotFound", "node " + id.str() + " not found");
}

std::size_t wished_managers(state::Snapshot const& snapshot) {
  std::size_t count = 0;
  for (auto const& [id, node] : snapshot.nodes) {
    count += node->spec.role == model::NodeRole::Manager ? 1U : 0U;
  }
  return count;
}

}  // namespace

Result<void> update_node(state::Draft& draft,
                         model::NodeId const& id,
                         std::uint64_t version,
                         model::NodeSpec const& spec) {
  auto const present = draft.view().find_node(id);
  if (!present) {
    return no_node(id);
  }
  bool const was_manager = present->spec.role == model::NodeRole::Manager;
  bool const is_manager = spec.role == model::NodeRole::Manager;
  if (was_manager && !is_manager && wished_managers(draft.view()) == 1) {
    return rpc_error("FailedPrecondition", "attempting to demote the last manager of the swarm");
  }
  if (!was_manager && is_manager) {
    return rpc_error("Unimplemented",
                     "promoting a node is not part of this version: a swarm has one manager");
  }
  if (present->meta.version != version) {
    return out_of_sequence();
  }
  auto node = *present;
  node.spec = spec;
  draft.put(std::move(node));
  return {};
}

Result<void> remove_node(state::Draft& draft, model::NodeId const& id, Force force) {
  auto const node = draft.view().find_node(id);
  if (!node) {
    return no_node(id);
  }
  if (node->spec.role == model::NodeRole::Manager) {
    return rpc_error("FailedPrecondition",
                     "node " + id.str() +
                         " is a cluster manager and is a member of the raft cluster. It must be "
                         "demoted to worker before removal");
  }
  if (force == Force::No && node->status.state == model::NodeState::Ready) {
    return rpc_error("FailedPrecondition",
                     "node " + id.str() + " is not down and can't be removed");
  }
  draft.erase(id);
  return {};
}

Result<void> release_node(state::Draft& draft, model::NodeId const& id, Force force) {
  auto const node = draft.view().find_node(id);
  if (!node) {
    return no_node(id);
  }
  if (force == Force::No && node->status.state == model::NodeState::Ready) {
    for (auto const& [task_id, task] : draft.view().tasks) {
      if (task->node_id == id && !task->service_id.empty() &&
          task->status.state <= model::TaskState::Running &&
          task->desired_state <= model::TaskState::Running) {
        return conflict("node " + node->description.hostname +
                        " has tasks: drain it first (docker node update --availability drain " +
                        node->description.hostname + "), or use --force");
      }
    }
  }
  draft.erase(id);
  return {};
}

}  // namespace swarmward::api
