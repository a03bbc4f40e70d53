#include "api/routes/network_ops.h"

#include <algorithm>

#include "model/attachment.h"

namespace swarmward::api {

namespace {

bool names(model::ServiceSpec const& spec, model::NetworkId const& id) {
  return std::ranges::any_of(spec.task.networks,
                             [&](auto const& network) { return network.target == id.view(); });
}

bool publishes_everywhere(model::ServiceSpec const& spec) {
  return spec.endpoint && std::ranges::any_of(spec.endpoint->ports, [](auto const& port) {
           return port.publish_mode == model::PublishMode::Ingress;
         });
}

/// Native's texts.
Result<void> check_services(state::Snapshot const& snapshot, model::Network const& network) {
  for (auto const [id, service] : snapshot.services) {
    if (network.spec.ingress && publishes_everywhere(*service->spec)) {
      return rpc_error(
          "FailedPrecondition",
          "ingress network cannot be removed because service " + id.str() + " depends on it");
    }
    if (names(*service->spec, network.id)) {
      return rpc_error("FailedPrecondition",
                       "network " + network.id.str() + " is in use by service " + id.str());
    }
  }
  return {};
}

bool is_used_by(model::Task const& task, model::NetworkId const& network) {
  return task.desired_state <= model::TaskState::Running &&
         task.status.state <= model::TaskState::Running &&
         std::ranges::any_of(task.networks,
                             [&](auto const& address) { return address.network == network; });
}

Result<void> check_tasks(state::Snapshot const& snapshot, model::Network const& network) {
  for (auto it = snapshot.tasks.begin(); it != snapshot.tasks.end(); ++it) {
    auto const& task = *it.value();
    if (!task.networks.empty() && is_used_by(task, network.id) &&
        (model::is_attachment(task) ? task.status.state == model::TaskState::Running
                                    : snapshot.find_service(task.service_id) != nullptr)) {
      return rpc_error("FailedPrecondition",
                       "network " + network.id.str() + " is in use by task " + task.id.str());
    }
  }
  return {};
}

}  // namespace

Result<void> create_network(state::Draft& draft, NetworkCreate const& create) {
  auto const& view = draft.view();
  if (!view.cluster) {
    return unavailable("This node is not part of a swarm");
  }
  if (create.spec.ingress) {
    for (auto const [id, network] : view.networks) {
      if (network->spec.ingress) {
        return rpc_error("AlreadyExists", "ingress network (" + id.str() + ") is already present");
      }
    }
  }
  if (view.network_names.find(state::lower_case(create.spec.annotations.name)) != nullptr) {
    return rpc_error("Unknown", "name conflicts with an existing object");
  }
  model::Network network;
  network.id = create.id;
  network.spec = create.spec;
  draft.put(std::move(network));
  return {};
}

Result<void> remove_network(state::Draft& draft, model::NetworkId const& id) {
  auto const network = draft.view().find_network(id);
  if (!network) {
    return rpc_error("NotFound", "network " + id.str() + " not found");
  }
  if (auto unused = check_services(draft.view(), *network); !unused) {
    return unused;
  }
  if (auto unused = check_tasks(draft.view(), *network); !unused) {
    return unused;
  }
  for (auto const& task : draft.view().tasks_of({})) {
    if (model::is_attachment(*task) && task->spec->networks.at(0).target == id.view()) {
      draft.erase(task->id);
    }
  }
  draft.erase(id);
  return {};
}

}  // namespace swarmward::api
