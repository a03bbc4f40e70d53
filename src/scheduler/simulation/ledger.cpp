#include "scheduler/simulation/ledger.h"

#include <algorithm>
#include <utility>

namespace swarmward::scheduler::simulation {

namespace {

/// A job may have been run again since.
bool is_kept(model::ServiceSpec const& spec, model::ServiceSpec promised) {
  promised.task.force_update = std::max(promised.task.force_update, spec.task.force_update);
  return spec == promised;
}

}  // namespace

std::uint64_t Ledger::begin(Kind kind,
                            model::ServiceId const& service,
                            std::shared_ptr<model::ServiceSpec const> spec) {
  open_[++count_] = {kind, service, std::move(spec)};
  return count_;
}

void Ledger::end(std::uint64_t number, Result<std::uint64_t> const& version) {
  auto const open = open_.extract(number);
  if (!open || !version) {
    return;
  }
  ++acknowledged_;
  version_ = std::max(version_, *version);
  auto const& done = open.mapped();
  auto& promise = promises_[done.service];
  if (done.kind == Kind::Other || *version < promise.version) {
    return;
  }
  promise = {*version, done.spec, done.kind == Kind::Remove, false};
}

void Ledger::crashed() {
  for (auto const& [number, open] : std::exchange(open_, {})) {
    promises_[open.service].uncertain = true;
  }
}

void Ledger::check(state::Snapshot const& loaded, Stage& stage) const {
  if (loaded.version < version_) {
    stage.fail("version {} was acknowledged, {} is on the disk", version_, loaded.version);
  }
  for (auto const& [id, promise] : promises_) {
    if (promise.uncertain || id.empty()) {
      continue;
    }
    auto const service = loaded.find_service(id);
    if (promise.removed != !service) {
      stage.fail("service {}: its {} was acknowledged and is lost",
                 brief(id),
                 promise.removed ? "removal" : "creation or update");
      continue;
    }
    // An update that failed may have been rolled back since.
    bool const kept = !service || !promise.spec || service->spec == promise.spec ||
                      is_kept(*service->spec, *promise.spec) ||
                      (service->previous_spec && is_kept(*service->previous_spec, *promise.spec));
    if (!kept || (service && service->meta.version < promise.version)) {
      stage.fail("service {}: the spec of version {} was acknowledged and is lost",
                 brief(id),
                 promise.version);
    }
  }
}

}  // namespace swarmward::scheduler::simulation
