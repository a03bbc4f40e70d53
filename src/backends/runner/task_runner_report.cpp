// What a TaskRunner says of its task. Texts: swarm mode's agent, which clients match.
#include <algorithm>

#include "backends/runner/container_config.h"
#include "backends/runner/task_runner.h"

namespace swarmward::backends {

using model::TaskState;

void TaskRunner::accept() {
  auto const prepared = prepare_container(task(), context_->identity, context_->label_policy);
  if (!prepared) {
    return report(TaskState::Rejected, "resolving controller failed", prepared.error().message);
  }
  report(TaskState::Accepted, "accepted");
}

void TaskRunner::report_exit() {
  if (lost_) {
    // As native's agent, which ends with its engine, reports it.
    return report(TaskState::Shutdown, "shutdown", "its engine was shut down");
  }
  bool const success = exit_code_ == 0 && !unhealthy_;
  // Without a healthcheck a start is a success as such, however soon the process ends.
  if (status_.state == TaskState::Starting && (success || health_ == Health::None)) {
    report(TaskState::Running, "started");
  }
  if (success) {
    return report(TaskState::Complete, "finished");
  }
  auto err = "task: non-zero exit (" + std::to_string(exit_code_) + ")";
  if (unhealthy_) {
    err += ": dockerexec: unhealthy container";
  }
  fail(std::move(err));
}

void TaskRunner::report_vanished() {
  bool const waited_for_health =
      status_.state == TaskState::Starting && health_ == Health::Starting;
  fail(waited_for_health ? "dockerexec: container destroyed"
                         : "No such container: " + container_name());
}

void TaskRunner::fail(std::string err) {
  auto const state = status_.state < TaskState::Starting ? TaskState::Rejected : TaskState::Failed;
  report(state, status_.message, std::move(err));
}

void TaskRunner::report(TaskState state, std::string message, std::string err) {
  if (context_->stopped || state < status_.state) {
    return;
  }
  status_.state = state;
  status_.message = std::move(message);
  status_.err = std::move(err);
  status_.timestamp = context_->clock.now();
  if (!container_id_.empty()) {
    model::ContainerStatus container;
    container.container_id = container_id_;
    container.pid = pid_;
    container.exit_code = exit_code_;
    status_.container = std::move(container);
  }
  status_.ports = ports_;
  context_->sink.report(context_->identity.id, id(), status_);
}

void TaskRunner::leave_networks() {
  auto const unneeded = [this](auto const& network) { return !needs(network); };
  if (context_->networks_left && std::ranges::any_of(networks(), unneeded)) {
    context_->networks_left();
  }
}

}  // namespace swarmward::backends
