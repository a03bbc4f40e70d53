#pragma once

#include <boost/asio/io_context.hpp>

#include "scheduler/loop/control_loop.h"
#include "scheduler/simulation/disk.h"
#include "scheduler/simulation/runner.h"
#include "state/state_store.h"

namespace swarmward::scheduler::simulation {

/// Engines by their name, in the order in which they came.
using Engines = std::map<std::string, std::unique_ptr<SimEngine>>;

/// Looks at what a manager does.
class ManagerWatch {
 public:
  virtual ~ManagerWatch() = default;
  virtual void committed(state::Snapshot const& head, state::Touched const& touched) = 0;
  virtual void published(state::Snapshot const& snapshot) = 0;
  /// A pass has ended: nothing is left to do at this moment.
  virtual void settled(state::Snapshot const& head) = 0;
};

/// Writes into a store what the loops should not: to show that the checks find it.
using Sabotage = std::function<void(state::StateStore&)>;

/// One life of the manager's process: the real store, control loop and dispatch, with the wiring
/// that the daemon gives them, on simulated time. Dying is being destroyed.
class Manager final : public RunnerSink, private TaskTarget {
 public:
  struct Surroundings {
    Stage& stage;
    Disk& disk;
    Engines& engines;
    ManagerWatch& watch;
    Sabotage sabotage;
  };
  using Done = std::function<void(Result<std::uint64_t>)>;

  Manager(Surroundings surroundings, Random random);
  ~Manager() override;

  /// Reads the disk and takes over what runs.
  Result<void> start();
  /// Does what is to be done at this moment.
  void drain();

  /// What a request of a client does. `done` is not called if the process dies first.
  void update(state::Change change, Done done);
  [[nodiscard]] state::Snapshot const& head() const { return store_.head(); }
  [[nodiscard]] std::shared_ptr<state::Snapshot const> snapshot() const {
    return store_.snapshot();
  }

  void report(model::TaskId const& task, model::TaskStatus status) override;
  void sight(model::NodeId const& node, bool reachable) override;

 private:
  using Reports = std::map<model::TaskId, std::vector<model::TaskStatus>>;

  void task_changed(model::NodeId const& node, DispatchedTask task) override;
  void task_gone(model::NodeId const& node, model::TaskId const& task) override;
  void published(state::Snapshot const& snapshot, state::Touched const& touched);
  void node_added(state::Snapshot const& snapshot, model::Node const& node);
  void node_removed(model::NodeId const& id);
  void take_report(model::TaskId const& task, model::TaskStatus status);
  void flush_reports();
  void check_silent();
  void head_changed(state::Touched const& touched);
  void post_pass();
  void run_pass();
  void check_fixed_point();
  void look_again_at(Time time);
  /// Nothing happens if the process is dead by then.
  void after(Duration delay, std::function<void()> what);

  Surroundings in_;
  Random random_;
  std::shared_ptr<bool> alive_;
  boost::asio::io_context context_;
  state::StateStore store_;
  ControlLoop loop_;
  std::map<model::NodeId, std::shared_ptr<SimRunner>> runners_;
  std::vector<std::shared_ptr<SimRunner>> leaving_;
  std::map<model::NodeId, Time> silent_since_;
  Reports reports_;
  bool flushing_ = false;
  bool pass_posted_ = false;
  bool passing_ = false;
  bool settled_ = false;  ///< Nothing was written since this was set.
  std::uint64_t passes_ = 0;
  std::uint64_t wake_ = 0;  ///< Only the last wake-up asked for counts.
};

}  // namespace swarmward::scheduler::simulation
