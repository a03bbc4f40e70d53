#include "api/routes/service_ops.h"

#include "api/routes/payload_rotation.h"
#include "api/routes/service_checks.h"
#include "api/routes/swarm_ops.h"
#include "model/service_changes.h"

namespace swarmward::api {

namespace {

bool is_job(model::ServiceSpec const& spec) {
  return std::holds_alternative<model::ReplicatedJob>(spec.mode) ||
         std::holds_alternative<model::GlobalJob>(spec.mode);
}

/// The specs are equal but for the number of replicas.
bool is_scaling(model::ServiceSpec const& before, model::ServiceSpec const& after) {
  auto const* old_mode = std::get_if<model::Replicated>(&before.mode);
  auto const* new_mode = std::get_if<model::Replicated>(&after.mode);
  if (old_mode == nullptr || new_mode == nullptr || old_mode->replicas == new_mode->replicas) {
    return false;
  }
  auto scaled = before;
  scaled.mode = after.mode;
  return scaled == after;
}

Result<void> roll_back(model::Service& service, Time now) {
  if (!service.previous_spec) {
    return rpc_error("FailedPrecondition",
                     "service " + service.id.str() + " does not have a previous spec");
  }
  std::swap(service.spec, service.previous_spec);
  std::swap(service.spec_version, service.previous_spec_version);
  std::swap(service.registry_auth, service.previous_registry_auth);
  model::UpdateStatus status;
  status.state = model::UpdateState::RollbackStarted;
  status.started_at = now;
  status.message = "manually requested rollback";
  service.update_status = std::move(status);
  return {};
}

void replace_spec(model::Service& service, ServiceUpdate const& update, Time now) {
  auto auth = update.registry_auth;
  if (auth.empty()) {
    auth =
        update.auth_from == AuthFrom::Spec ? service.registry_auth : service.previous_registry_auth;
  }
  // A stack's deployment sends the specs again that its new secrets have changed already.
  bool const rotated = service.previous_spec && *update.spec == *service.spec &&
                       is_rotation(*service.previous_spec, *service.spec);
  if (!rotated && (!service.previous_spec || !is_scaling(*service.spec, *update.spec))) {
    model::remember_spec(service);
  }
  service.registry_auth = std::move(auth);
  model::take_on(service, update.spec, now);
}

/// Checks in native's order.
Result<void> check_update(state::Draft const& draft,
                          model::Service const& service,
                          ServiceUpdate const& update) {
  if (update.spec->endpoint && update.spec->endpoint != service.spec->endpoint) {
    if (auto free = check_port_conflicts(draft.view(), service.id, *update.spec); !free) {
      return free;
    }
  }
  if (auto known = check_references(draft.view(), *update.spec); !known) {
    return known;
  }
  if (update.spec->mode.index() != service.spec->mode.index()) {
    return rpc_error("Unimplemented", "service mode change is not allowed");
  }
  if (update.spec->annotations.name != service.name()) {
    return rpc_error("Unimplemented", "renaming services is not supported");
  }
  return check_networks_exist(draft.view(), *update.spec);
}

}  // namespace

Result<void> create_service(state::Draft& draft, ServiceCreate const& create) {
  if (!draft.view().cluster) {
    return unavailable("This node is not part of a swarm");
  }
  if (auto free = check_port_conflicts(draft.view(), {}, *create.spec); !free) {
    return free;
  }
  if (auto known = check_networks_exist(draft.view(), *create.spec); !known) {
    return known;
  }
  if (auto known = check_references(draft.view(), *create.spec); !known) {
    return known;
  }
  if (auto free = check_name_free(draft.view(), create.spec->annotations.name); !free) {
    return free;
  }
  model::Service service;
  service.id = create.id;
  service.spec = create.spec;
  service.registry_auth = create.registry_auth;
  if (is_job(*create.spec)) {
    service.job_status = model::JobStatus{0, draft.now()};
  }
  draft.put(std::move(service));
  return {};
}

Result<void> update_service(state::Draft& draft, ServiceUpdate const& update) {
  auto const present = draft.view().find_service(update.id);
  if (!present) {
    return rpc_error("NotFound", "service " + update.id.str() + " not found");
  }
  if (auto valid = check_update(draft, *present, update); !valid) {
    return valid;
  }
  auto service = *present;
  if (update.rollback == Rollback::Previous) {
    if (auto rolled = roll_back(service, draft.now()); !rolled) {
      return rolled;
    }
  }
  if (present->meta.version != update.version) {
    return out_of_sequence();
  }
  if (update.rollback == Rollback::None) {
    replace_spec(service, update, draft.now());
  } else {
    model::begin_iteration(service, draft.now());
  }
  draft.put(std::move(service));
  return {};
}

Result<void> remove_service(state::Draft& draft, model::ServiceId const& id) {
  if (!draft.view().find_service(id)) {
    return rpc_error("NotFound", "service " + id.str() + " not found");
  }
  draft.erase(id);
  return {};
}

}  // namespace swarmward::api
