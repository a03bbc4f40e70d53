#include "app/node_runners.h"

#include <algorithm>
#include <utility>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>

#include "backends/runner/image_copy.h"
#include "base/log.h"
#include "cluster/node_liveness.h"
#include "model/registry_server.h"
#include "wire/registry.h"

namespace swarmward::app {

namespace {

/// Connections tell of most failures by themselves; asking is for the rest.
backends::Delays delays_of(unsigned pace) {
  constexpr std::chrono::milliseconds kSlowestPing{5000};
  backends::Delays delays;
  delays.ping = std::min(delays.ping * pace, kSlowestPing);
  delays.refresh *= pace;
  delays.resync *= pace;
  return delays;
}

/// Images go through the manager: more at once only share its network.
constexpr std::size_t kCopiesAtOnce = 2;
/// Engines that connect for the first time, or are knocked at: with more, it takes more memory and
/// no less time.
constexpr std::size_t kConnectsAtOnce = 64;

backends::Assignment assignment_of(scheduler::DispatchedTask task) {
  return {std::move(task.task),
          std::move(task.registry_auth),
          std::move(task.networks),
          std::move(task.files)};
}

}  // namespace

NodeRunners::NodeRunners(asio::any_io_executor executor,
                         EngineDirectory& engines,
                         StatusReporter& reporter,
                         Attachments& attachments,
                         LivenessDriver& liveness,
                         PlanKeeper& plans,
                         state::StateStore const& store,
                         Clock const& clock,
                         backends::LabelPolicy labels)
    : executor_(std::move(executor)),
      engines_(engines),
      reporter_(reporter),
      attachments_(attachments),
      liveness_(liveness),
      plans_(plans),
      store_(store),
      clock_(clock),
      labels_(std::move(labels)),
      dispatches_(executor_, [this](DispatchQueue::Entry entry) { hand_over(std::move(entry)); }),
      copies_(std::make_shared<backends::Gate>(kCopiesAtOnce)),
      connects_(std::make_shared<backends::Gate>(kConnectsAtOnce)),
      rounds_(std::make_shared<backends::Rounds>(executor_)) {}

void NodeRunners::adopt(state::Snapshot const& snapshot) {
  for (auto const [id, node] : snapshot.nodes) {
    node_added(snapshot, *node);
  }
}

void NodeRunners::node_added(state::Snapshot const& snapshot, model::Node const& node) {
  auto const engine = engines_.of(node).engine;
  if (!engine) {
    auto const text = "no --engine " + node.engine_name + "=URL was given";
    room_log("app")->error(
        "node.without_engine node={} reason=\"{}\"", node.description.hostname, text);
    liveness_.observe(node.id, {false, std::nullopt, text});
    return;
  }
  std::vector<backends::Assignment> assignments;
  for (auto& task : scheduler::tasks_for(snapshot, node.id)) {
    assignments.push_back(assignment_of(std::move(task)));
  }
  backends::NodeIdentity identity{node.id, node.description.hostname, node.description.platform};
  auto& runner = runners_[node.id];
  runner = std::make_unique<backends::NodeRunner>(executor_,
                                                  engine,
                                                  std::move(identity),
                                                  *this,
                                                  clock_,
                                                  delays_of(pace_),
                                                  labels_,
                                                  engines_.files_of(node));
  runner->assign_all(std::move(assignments));
  runner->start(connects_, rounds_);
  keep_pace();
}

void NodeRunners::keep_pace() {
  auto const pace = cluster::pace_of(runners_.size());
  if (pace == pace_) {
    return;
  }
  pace_ = pace;
  for (auto const& [id, runner] : runners_) {
    runner->set_delays(delays_of(pace));
  }
}

void NodeRunners::node_removed(model::NodeId const& id) {
  auto const found = runners_.find(id);
  if (found == runners_.end()) {
    return;
  }
  // Nobody will look after the node's containers any more, so they go with it.
  std::shared_ptr<backends::NodeRunner> const runner = std::move(found->second);
  runners_.erase(found);
  asio::co_spawn(executor_, runner->remove_all_containers(), [runner](std::exception_ptr const&) {
    runner->stop();
  });
  engines_.forget(id);
  keep_pace();
}

void NodeRunners::published(std::shared_ptr<state::Snapshot const> const& snapshot,
                            state::Touched const& touched) {
  for (auto const& touch : touched.nodes) {
    if (!touch.before) {
      asio::post(executor_, [this, snapshot, node = touch.after] { node_added(*snapshot, *node); });
    } else if (!touch.after) {
      asio::post(executor_, [this, id = touch.before->id] { node_removed(id); });
    }
  }
  scheduler::dispatch(*snapshot, touched, *this);
  if (!dispatched_.empty()) {
    asio::post(executor_, [this, entries = std::exchange(dispatched_, {})]() mutable {
      dispatches_.add(std::move(entries));
    });
  }
}

void NodeRunners::task_changed(model::NodeId const& node, scheduler::DispatchedTask task) {
  dispatched_.push_back({node, std::move(task)});
}

void NodeRunners::task_gone(model::NodeId const& node, model::TaskId const& task) {
  dispatched_.push_back({node, task});
}

void NodeRunners::hand_over(DispatchQueue::Entry entry) {
  auto const runner = runners_.find(entry.node);
  if (runner == runners_.end()) {
    return;
  }
  if (auto* const task = std::get_if<scheduler::DispatchedTask>(&entry.task)) {
    runner->second->task_changed(assignment_of(std::move(*task)));
  } else {
    runner->second->task_gone(std::get<model::TaskId>(entry.task));
  }
}

asio::awaitable<void> NodeRunners::remove_all_containers() {
  dispatches_.clear();
  std::vector<model::NodeId> ids;
  for (auto const& [id, runner] : runners_) {
    ids.push_back(id);
  }
  for (auto const& id : ids) {
    if (auto const runner = runners_.find(id); runner != runners_.end()) {
      co_await runner->second->remove_all_containers();
    }
  }
}

void NodeRunners::stop() {
  dispatches_.clear();
  for (auto const& [id, runner] : runners_) {
    runner->stop();
  }
  runners_.clear();
  rounds_.reset();
}

void NodeRunners::report(model::NodeId /*node*/, model::TaskId task, model::TaskStatus status) {
  reporter_.report(task, std::move(status));
}

void NodeRunners::attached(model::NodeId /*node*/, std::vector<model::SeenAttachment> seen) {
  attachments_.seen(seen);
}

/// Reads all it needs before it waits: this object may be gone by the time the copy is done.
asio::awaitable<Result<void>> NodeRunners::copy_image(model::NodeId to,
                                                      std::string reference,
                                                      backends::Tell tell) {
  auto const target = runners_.find(to);
  std::vector<backends::ImageHolder> holders;
  auto const add = [&](auto const& entry) {
    if (entry.first != to && entry.second->connected()) {
      holders.push_back({entry.second->hostname(), entry.second->engine()});
    }
  };
  std::shared_ptr<backends::Engine> engine;
  if (target != runners_.end()) {
    // From the target on and around, so that not all ask the same node first.
    std::for_each(target, runners_.end(), add);
    std::for_each(runners_.begin(), target, add);
    engine = target->second->engine();
  }
  return backends::copy_image(
      std::move(reference), std::move(engine), std::move(holders), copies_, std::move(tell));
}

std::optional<backends::StoredLogin> NodeRunners::stored_login(std::string const& reference) {
  auto const snapshot = store_.snapshot();
  if (snapshot->credentials.empty()) {
    return std::nullopt;
  }
  auto const credential = snapshot->credential_for(model::registry_of_image(reference));
  if (!credential) {
    return std::nullopt;
  }
  return backends::StoredLogin{credential->name(), wire::registry_auth_header(credential->login)};
}

void NodeRunners::observe(model::NodeId node, backends::EngineObservation observation) {
  liveness_.observe(node, std::move(observation));
}

}  // namespace swarmward::app
