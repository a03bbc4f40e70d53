// What a NodeRunner does for its tasks.
#include "backends/runner/node_runner_tasks.h"

#include <algorithm>
#include <set>
#include <utility>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "backends/runner/container_config.h"
#include "backends/runner/container_removal.h"
#include "base/log.h"

namespace swarmward::backends {

namespace {

std::string label_of(model::StringMap const& labels, char const* key) {
  auto const found = labels.find(key);
  return found == labels.end() ? std::string() : found->second;
}

}  // namespace

void NodeRunner::Tasks::start(std::shared_ptr<Gate> turns, std::shared_ptr<Rounds> rounds) {
  if (monitor_ || context_->stopped) {
    return;
  }
  if (!rounds) {
    rounds = std::make_shared<Rounds>(context_->executor);
  }
  monitor_ = std::make_shared<EngineMonitor>(context_, weak_from_this(), std::move(rounds));
  context_->lose_engine = [weak = std::weak_ptr(monitor_)](std::string const& error) {
    if (auto const monitor = weak.lock()) {
      monitor->lose(error);
    }
  };
  context_->networks_left = [weak = weak_from_this(), context = context_.get()] {
    auto const self = weak.lock();
    if (self && !std::exchange(self->will_tidy_networks_, true)) {
      asio::co_spawn(context->executor, tidy_networks_later(weak, self->context_), asio::detached);
    }
  };
  monitor_->start(std::move(turns));
}

void NodeRunner::Tasks::stop() {
  context_->stop();
  if (monitor_) {
    monitor_->stop();
  }
  if (attachments_) {
    attachments_->stop();
  }
  for (auto const& [id, runner] : runners_) {
    runner->stop();
  }
}

AttachmentKeeper& NodeRunner::Tasks::attachments() {
  if (!attachments_) {
    auto const changed = [weak = weak_from_this()] {
      if (auto const self = weak.lock()) {
        self->tidy_networks();
      }
    };
    attachments_ = std::make_shared<AttachmentKeeper>(context_, changed);
  }
  return *attachments_;
}

void NodeRunner::Tasks::assign_all(std::vector<Assignment> assignments) {
  std::set<model::TaskId> wanted;
  for (auto& assignment : assignments) {
    wanted.insert(assignment.task->id);
    assign(std::move(assignment));
  }
  for (auto const& [id, runner] : runners_) {
    if (!wanted.contains(id)) {
      runner->unassign();
    }
  }
  if (attachments_) {
    attachments_->keep_only(wanted);
  }
  assigned_all_ = true;
  if (context_->connected) {
    tidy_files();
  }
  remove_unclaimed();
}

void NodeRunner::Tasks::assign(Assignment assignment) {
  if (model::is_attachment(*assignment.task)) {
    attachments().assign(std::move(assignment));
    return;
  }
  auto const id = assignment.task->id;
  auto& runner = runners_[id];
  if (runner) {
    runner->assign(std::move(assignment));
    return;
  }
  auto const finished = [weak = weak_from_this()](model::TaskId task) {
    if (auto const self = weak.lock()) {
      self->finished(task);
    }
  };
  runner = std::make_shared<TaskRunner>(context_, std::move(assignment), finished);
  if (auto const container = found_.extract(id)) {
    runner->end_resync(&container.mapped(), Resync::Full);
  }
  runner->wake();
}

void NodeRunner::Tasks::finished(model::TaskId task) {
  auto const runner = runners_.find(task);
  if (runner == runners_.end()) {
    return;
  }
  bool const had_networks = !runner->second->networks().empty();
  runners_.erase(runner);
  if (had_networks) {
    tidy_networks();
  }
}

void NodeRunner::Tasks::tidy_networks() {
  std::set<std::string> used;
  for (auto const& [id, other] : runners_) {
    for (auto const& network : other->networks()) {
      if (other->needs(network)) {
        used.insert(network.id);
      }
    }
  }
  if (attachments_) {
    used.merge(attachments_->networks());
  }
  context_->networks->keep_only(std::move(used));
}

asio::awaitable<void> NodeRunner::Tasks::tidy_networks_later(
    std::weak_ptr<Tasks> tasks, std::shared_ptr<RunnerContext> context) {
  asio::steady_timer pause(context->executor, context->delays.network_stays);
  co_await pause.async_wait(asio::as_tuple(asio::use_awaitable));
  auto const self = tasks.lock();
  if (!self || context->stopped) {
    co_return;
  }
  self->will_tidy_networks_ = false;
  if (self->assigned_all_ && context->connected) {
    self->tidy_networks();
  }
}

void NodeRunner::Tasks::tidy_files() {
  auto const wanted = [self = shared_from_this()] {
    std::set<model::TaskId> tasks;
    for (auto const& [id, runner] : self->runners_) {
      if (runner->keeps_files()) {
        tasks.insert(id);
      }
    }
    return tasks;
  };
  asio::co_spawn(context_->executor, FileKeeper::tidy(context_->files, wanted), asio::detached);
}

void NodeRunner::Tasks::unassign(model::TaskId task) {
  auto const found = runners_.find(task);
  if (found != runners_.end()) {
    found->second->unassign();
  } else if (attachments_) {
    attachments_->unassign(task);
  }
}

std::optional<std::string> NodeRunner::Tasks::container_of(model::TaskId task) const {
  auto const runner = runners_.find(task);
  if (runner != runners_.end() && !runner->second->container_id().empty()) {
    return runner->second->container_id();
  }
  auto const container = found_.find(task);
  return container == found_.end() ? std::nullopt : std::optional(container->second.id);
}

void NodeRunner::Tasks::list_begins() {
  for (auto const& [id, runner] : runners_) {
    runner->begin_resync();
  }
}

void NodeRunner::Tasks::listed(std::vector<ContainerSummary> containers, Resync kind) {
  found_.clear();
  duplicates_.clear();
  for (auto& container : containers) {
    sort_in(std::move(container));
  }
  for (auto const& [id, runner] : runners_) {
    auto const container = found_.extract(id);
    runner->end_resync(container ? &container.mapped() : nullptr, kind);
    runner->wake();
  }
  if (kind == Resync::Periodic && context_->files->untidy()) {
    tidy_files();
  }
  remove_unclaimed();
}

void NodeRunner::Tasks::sort_in(ContainerSummary container) {
  auto const task = model::TaskId(label_of(container.labels, kTaskIdLabel));
  // The list is filtered by the engine; what is about to be removed is checked once more.
  if (task.empty() || label_of(container.labels, kNodeIdLabel) != context_->identity.id.view()) {
    return;
  }
  auto const [at, fresh] = found_.try_emplace(task, container);
  if (fresh) {
    return;
  }
  if (container.name == label_of(container.labels, kTaskNameLabel)) {
    std::swap(at->second, container);
  }
  duplicates_.push_back(container.id);
}

void NodeRunner::Tasks::connected() {
  context_->networks->forget();
  if (assigned_all_) {
    tidy_networks();
    tidy_files();
  }
  if (attachments_) {
    attachments_->connected();
  }
  for (auto const& [id, runner] : runners_) {
    runner->wake();
  }
  remove_unclaimed();
}

void NodeRunner::Tasks::happened(ContainerEvent const& event) {
  auto const task = model::TaskId(label_of(event.labels, kTaskIdLabel));
  auto const runner = runners_.find(task);
  if (runner != runners_.end()) {
    runner->second->on_event(event);
    return;
  }
  auto const container = found_.find(task);
  if (event.action == "destroy" && container != found_.end() &&
      container->second.id == event.container_id) {
    found_.erase(container);
  }
}

bool NodeRunner::Tasks::awaits_ends() const {
  return std::ranges::any_of(runners_, [](auto const& each) { return each.second->runs(); });
}

void NodeRunner::Tasks::remove_unclaimed() {
  if (!assigned_all_ || !context_->connected) {
    return;
  }
  for (auto const& [task, container] : found_) {
    room_log("backends")->info("container.unassigned task={} name={}", task.view(), container.name);
    duplicates_.push_back(container.id);
  }
  found_.clear();
  for (auto& id : std::exchange(duplicates_, {})) {
    asio::co_spawn(context_->executor, remove_unwanted(context_, std::move(id)), asio::detached);
  }
}

asio::awaitable<void> NodeRunner::Tasks::remove_all(std::shared_ptr<Tasks> self) {
  self->assign_all({});
  std::function<bool()> idle = [self] { return self->runners_.empty(); };
  co_await remove_node(self->context_, std::move(idle));
}

}  // namespace swarmward::backends
