#include "model/service_changes.h"

namespace swarmward::model {

void take_on(Service& service, std::shared_ptr<ServiceSpec const> spec, Time now) {
  service.spec = std::move(spec);
  service.spec_version = service.meta.version;
  service.update_status.reset();
  begin_iteration(service, now);
}

void remember_spec(Service& service) {
  service.previous_spec = service.spec;
  service.previous_spec_version = service.spec_version;
  service.previous_registry_auth = service.registry_auth;
}

void begin_iteration(Service& service, Time now) {
  bool const job = std::holds_alternative<ReplicatedJob>(service.spec->mode) ||
                   std::holds_alternative<GlobalJob>(service.spec->mode);
  if (job) {
    service.job_status = JobStatus{service.job_status ? service.job_status->iteration + 1 : 1, now};
  }
}

void run_again(Service& service, std::uint64_t replicas, Time now) {
  auto spec = *service.spec;
  ++spec.task.force_update;
  if (auto* const replicated = std::get_if<Replicated>(&spec.mode)) {
    replicated->replicas = replicas;
  }
  take_on(service, std::make_shared<ServiceSpec const>(std::move(spec)), now);
}

}  // namespace swarmward::model
