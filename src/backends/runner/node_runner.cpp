#include "backends/runner/node_runner.h"

#include <set>
#include <unordered_map>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "backends/runner/container_config.h"
#include "backends/runner/engine_monitor.h"
#include "backends/runner/task_runner.h"
#include "base/log.h"

namespace swarmward::backends {

namespace {

std::string label_of(model::StringMap const& labels, char const* key) {
  auto const found = labels.find(key);
  return found == labels.end() ? std::string() : found->second;
}

/// A container nobody wants; a failure is repaired at the next resync.
asio::awaitable<void> remove_unwanted(std::shared_ptr<RunnerContext> context, std::string id) {
  auto const place = co_await context->removes.enter();
  auto const removed = co_await context->engine->remove_container(id, KeepVolumes::No);
  if (!removed) {
    room_log("backends")
        ->warn("container.remove_failed container={} error=\"{}\"", id, removed.error().message);
  }
}

}  // namespace

/// The tasks of a node and its containers that are not yet matched to one.
class NodeRunner::Tasks : public std::enable_shared_from_this<NodeRunner::Tasks> {
 public:
  explicit Tasks(std::shared_ptr<RunnerContext> context) : context_(std::move(context)) {}

  void start();
  void stop();
  void assign_all(std::vector<Assignment> assignments);
  void assign(Assignment assignment);
  void unassign(model::TaskId task);
  std::optional<std::string> container_of(model::TaskId task) const;
  static asio::awaitable<void> remove_all(std::shared_ptr<Tasks> self);

  std::shared_ptr<RunnerContext> const& context() const { return context_; }

 private:
  void begin_list();
  void end_list(std::vector<ContainerSummary> containers, Resync kind);
  void connected();
  void on_event(ContainerEvent const& event);
  void sort_in(ContainerSummary container);
  void remove_unclaimed();

  std::shared_ptr<RunnerContext> context_;
  std::shared_ptr<EngineMonitor> monitor_;
  std::unordered_map<model::TaskId, std::shared_ptr<TaskRunner>> runners_;
  std::unordered_map<model::TaskId, ContainerSummary> found_;  ///< Of the list, by task.
  std::vector<std::string> duplicates_;
  bool assigned_all_ = false;
};

void NodeRunner::Tasks::start() {
  if (monitor_ || context_->stopped) {
    return;
  }
  EngineMonitor::Hooks hooks;
  auto const guarded = [weak = weak_from_this()](auto action) {
    return [weak, action](auto&&... arguments) {
      if (auto const self = weak.lock()) {
        (self.get()->*action)(std::forward<decltype(arguments)>(arguments)...);
      }
    };
  };
  hooks.list_begins = guarded(&Tasks::begin_list);
  hooks.listed = guarded(&Tasks::end_list);
  hooks.connected = guarded(&Tasks::connected);
  hooks.event = guarded(&Tasks::on_event);
  monitor_ = std::make_shared<EngineMonitor>(context_, std::move(hooks));
  monitor_->start();
}

void NodeRunner::Tasks::stop() {
  context_->stop();
  if (monitor_) {
    monitor_->stop();
  }
  for (auto const& [id, runner] : runners_) {
    runner->stop();
  }
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
  assigned_all_ = true;
  remove_unclaimed();
}

void NodeRunner::Tasks::assign(Assignment assignment) {
  auto const id = assignment.task->id;
  auto& runner = runners_[id];
  if (runner) {
    runner->assign(std::move(assignment));
    return;
  }
  auto const finished = [weak = weak_from_this()](model::TaskId task) {
    if (auto const self = weak.lock()) {
      self->runners_.erase(task);
    }
  };
  runner = std::make_shared<TaskRunner>(context_, std::move(assignment), finished);
  if (auto const container = found_.extract(id)) {
    runner->end_resync(&container.mapped(), Resync::Full);
  }
  runner->wake();
}

void NodeRunner::Tasks::unassign(model::TaskId task) {
  auto const found = runners_.find(task);
  if (found != runners_.end()) {
    found->second->unassign();
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

void NodeRunner::Tasks::begin_list() {
  for (auto const& [id, runner] : runners_) {
    runner->begin_resync();
  }
}

void NodeRunner::Tasks::end_list(std::vector<ContainerSummary> containers, Resync kind) {
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
  for (auto const& [id, runner] : runners_) {
    runner->wake();
  }
  remove_unclaimed();
}

void NodeRunner::Tasks::on_event(ContainerEvent const& event) {
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
  auto const context = self->context_;
  auto const pause = std::make_shared<asio::steady_timer>(context->executor);
  constexpr int kPasses = 100;
  for (int pass = 0; pass < kPasses; ++pass) {
    auto label = std::string(kNodeIdLabel) + "=" + context->identity.id.str();
    auto const listed = co_await context->engine->list_containers(std::move(label));
    if (!listed) {
      room_log("backends")->warn("node.containers_left error=\"{}\"", listed.error().message);
      co_return;
    }
    bool const settled = context->stopped || !context->connected || self->runners_.empty();
    if (listed->empty() && settled) {
      co_return;
    }
    auto const left = std::make_shared<std::size_t>(listed->size());
    for (auto const& container : *listed) {
      auto const done = [left, pause](std::exception_ptr const&) {
        if (--*left == 0) {
          pause->cancel();
        }
      };
      pause->expires_after(std::chrono::minutes(2));
      asio::co_spawn(context->executor, remove_unwanted(context, container.id), done);
    }
    if (*left == 0) {
      pause->expires_after(std::chrono::milliseconds(listed->empty() ? 20 : 0));
    }
    co_await pause->async_wait(asio::as_tuple(asio::use_awaitable));
  }
}

NodeRunner::NodeRunner(asio::any_io_executor executor,
                       std::shared_ptr<Engine> engine,
                       NodeIdentity identity,
                       RunnerSink& sink,
                       Clock const& clock,
                       Delays delays,
                       LabelPolicy labels)
    : tasks_(std::make_shared<Tasks>(std::make_shared<RunnerContext>(std::move(executor),
                                                                     std::move(engine),
                                                                     std::move(identity),
                                                                     sink,
                                                                     clock,
                                                                     delays,
                                                                     std::move(labels)))) {}

NodeRunner::~NodeRunner() {
  tasks_->stop();
}

void NodeRunner::start() {
  tasks_->start();
}
void NodeRunner::assign_all(std::vector<Assignment> assignments) {
  tasks_->assign_all(std::move(assignments));
}
void NodeRunner::task_changed(Assignment assignment) {
  tasks_->assign(std::move(assignment));
}
void NodeRunner::task_gone(model::TaskId task) {
  tasks_->unassign(task);
}
asio::awaitable<void> NodeRunner::remove_all_containers() {
  return Tasks::remove_all(tasks_);
}
void NodeRunner::stop() {
  tasks_->stop();
}
std::shared_ptr<Engine> NodeRunner::engine() const {
  return tasks_->context()->engine;
}
std::optional<std::string> NodeRunner::container_of(model::TaskId task) const {
  return tasks_->container_of(task);
}

}  // namespace swarmward::backends
