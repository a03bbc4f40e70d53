#include "scheduler/simulation/operations.h"

#include <utility>

namespace swarmward::scheduler::simulation {

namespace {

bool is_scaling(model::ServiceSpec const& before, model::ServiceSpec const& after) {
  auto scaled = before;
  scaled.mode = after.mode;
  return before.mode != after.mode && scaled == after;
}

void begin_iteration(model::Service& service, Time now) {
  if (is_job_spec(*service.spec)) {
    auto const iteration = service.job_status ? service.job_status->iteration + 1 : 1;
    service.job_status = model::JobStatus{iteration, now};
  }
}

Result<model::Service> service_at(state::Draft const& draft,
                                  model::ServiceId const& id,
                                  std::uint64_t version) {
  auto const service = draft.view().find_service(id);
  if (!service) {
    return not_found("service not found");
  }
  if (service->meta.version != version) {
    return internal_error("update out of sequence");
  }
  return *service;
}

}  // namespace

bool is_job_spec(model::ServiceSpec const& spec) {
  return std::holds_alternative<model::ReplicatedJob>(spec.mode) ||
         std::holds_alternative<model::GlobalJob>(spec.mode);
}

Result<void> create_service(state::Draft& draft,
                            model::ServiceId const& id,
                            std::shared_ptr<model::ServiceSpec const> spec) {
  if (draft.view().service_names.find(state::lower_case(spec->annotations.name)) != nullptr) {
    return conflict("name conflicts with an existing object");
  }
  model::Service service;
  service.id = id;
  service.spec = std::move(spec);
  if (is_job_spec(*service.spec)) {
    service.job_status = model::JobStatus{0, draft.now()};
  }
  draft.put(std::move(service));
  return {};
}

Result<void> update_service(state::Draft& draft,
                            model::ServiceId const& id,
                            std::uint64_t version,
                            std::shared_ptr<model::ServiceSpec const> spec) {
  auto service = service_at(draft, id, version);
  if (!service) {
    return service.error();
  }
  if (!service->previous_spec || !is_scaling(*service->spec, *spec)) {
    service->previous_spec = service->spec;
    service->previous_spec_version = service->spec_version;
  }
  service->spec = std::move(spec);
  service->spec_version = service->meta.version;
  service->update_status.reset();
  begin_iteration(*service, draft.now());
  draft.put(std::move(*service));
  return {};
}

Result<void> roll_back_service(state::Draft& draft,
                               model::ServiceId const& id,
                               std::uint64_t version) {
  auto service = service_at(draft, id, version);
  if (!service) {
    return service.error();
  }
  if (!service->previous_spec) {
    return invalid_argument("service does not have a previous spec");
  }
  std::swap(service->spec, service->previous_spec);
  std::swap(service->spec_version, service->previous_spec_version);
  model::UpdateStatus status;
  status.state = model::UpdateState::RollbackStarted;
  status.started_at = draft.now();
  status.message = "manually requested rollback";
  service->update_status = std::move(status);
  begin_iteration(*service, draft.now());
  draft.put(std::move(*service));
  return {};
}

Result<void> remove_service(state::Draft& draft, model::ServiceId const& id) {
  if (!draft.view().find_service(id)) {
    return not_found("service not found");
  }
  draft.erase(id);
  return {};
}

Result<void> update_node(state::Draft& draft,
                         model::NodeId const& id,
                         std::uint64_t version,
                         model::NodeSpec const& spec) {
  auto const present = draft.view().find_node(id);
  if (!present) {
    return not_found("node not found");
  }
  if (present->meta.version != version) {
    return internal_error("update out of sequence");
  }
  auto node = *present;
  node.spec = spec;
  draft.put(std::move(node));
  return {};
}

Result<void> remove_node(state::Draft& draft, model::NodeId const& id) {
  if (!draft.view().find_node(id)) {
    return not_found("node not found");
  }
  draft.erase(id);
  return {};
}

Result<void> set_history_limit(state::Draft& draft, std::int64_t limit) {
  if (!draft.view().cluster) {
    return unavailable("This node is not part of a swarm");
  }
  auto cluster = *draft.view().cluster;
  cluster.spec.task_history_limit = limit;
  draft.put(std::move(cluster));
  return {};
}

}  // namespace swarmward::scheduler::simulation
