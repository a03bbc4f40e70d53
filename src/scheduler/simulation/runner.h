#pragma once

#include <map>
#include <memory>

#include "scheduler/dispatch/dispatcher.h"
#include "scheduler/simulation/runner_plan.h"

namespace swarmward::scheduler::simulation {

/// Takes what runners observe.
class RunnerSink {
 public:
  virtual ~RunnerSink() = default;
  virtual void report(model::TaskId const& task, model::TaskStatus status) = 0;
  virtual void sight(model::NodeId const& node, bool reachable) = 0;
};

/// Runs a node's tasks on its engine: connects, lists what is there and goes on from it. A part of
/// the manager's process, and gone with it.
class SimRunner final : public SimEngine::Listener, public std::enable_shared_from_this<SimRunner> {
 public:
  SimRunner(Stage& stage, Random random, SimEngine& engine, model::NodeId node, RunnerSink& sink)
      : stage_(stage), random_(random), engine_(engine), node_(node), sink_(sink) {}

  /// Once, with all tasks of the node.
  void begin(std::vector<DispatchedTask> const& tasks);
  void assign(state::TaskPtr const& task);
  void unassign(model::TaskId const& task);
  /// The node has left the swarm: its containers go, as far as the engine can be reached.
  void give_up_node();
  void stop() { stopped_ = true; }

  void engine_event(ContainerEvent const& event) override;
  void event_lost() override;
  void reachability_changed() override;
  void description_changed() override;

 private:
  void connect();
  void list(bool full);
  void lose();
  void found(RunnerTask& task, Container const* container, bool full);
  void remove_unclaimed();
  void wake(model::TaskId const& id);
  bool perform(model::TaskId const& id, RunnerTask& task, Step step);
  void pull(model::TaskId const& id, RunnerTask& task);
  void create(model::TaskId const& id, RunnerTask& task);
  void start(model::TaskId const& id, RunnerTask& task);
  void stop_container(model::TaskId const& id, RunnerTask& task);
  void remove(model::TaskId const& id, RunnerTask& task);
  void inspect(model::TaskId const& id, RunnerTask& task);
  void container_is_gone(RunnerTask& task);
  void retry_later(model::TaskId const& id, RunnerTask& task);
  void report(RunnerTask& task, model::TaskState state, std::string message, std::string err = {});
  void report_exit(RunnerTask& task);
  void fail(RunnerTask& task, std::string err);
  /// Runs `then` when the engine has answered, if the task is still known and this process alive.
  void ask(model::TaskId const& id,
           Duration takes,
           std::function<SimEngine::Answer()> effect,
           std::function<void(RunnerTask&, SimEngine::Answer)> then);
  std::function<void(SimEngine::Answer)> answered(
      model::TaskId const& id, std::function<void(RunnerTask&, SimEngine::Answer)> then);
  void after(Duration delay, std::function<void(SimRunner&)> what);

  Stage& stage_;
  Random random_;
  SimEngine& engine_;
  model::NodeId node_;
  RunnerSink& sink_;
  std::map<model::TaskId, RunnerTask> tasks_;
  bool connected_ = false;
  bool connecting_ = false;
  bool listing_is_due_ = false;
  bool given_up_ = false;
  bool stopped_ = false;
};

}  // namespace swarmward::scheduler::simulation
