#pragma once

#include "model/service.h"

namespace swarmward::model {

/// The service's tasks are to follow another spec: those there are count as outdated, what was said
/// of the last update is forgotten, a job begins a new iteration. The previous spec stays.
void take_on(Service& service, std::shared_ptr<ServiceSpec const> spec, Time now);

/// A rollback goes back to the spec that the service has now.
void remember_spec(Service& service);

/// A job begins its next iteration; nothing for other services.
void begin_iteration(Service& service, Time now);

/// As an update that changes nothing would: every task is replaced, and a replicated service has
/// `replicas` of them; a job runs once more.
void run_again(Service& service, std::uint64_t replicas, Time now);

}  // namespace swarmward::model
