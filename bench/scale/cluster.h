#pragma once

#include <boost/asio/io_context.hpp>

#include "load.h"
#include "scheduler/dispatch/dispatcher.h"
#include "scheduler/loop/control_loop.h"
#include "scheduler/loop/loop_driver.h"

namespace swarmward::bench {

/// The real store, control loop and dispatcher over a disk that takes everything and keeps nothing;
/// the engines are played. One thread, plus the store's writer.
class Cluster : public scheduler::TaskTarget {
 public:
  explicit Cluster(Load const& load);

  /// Creates the nodes; then all services, one commit each, and waits until all their tasks are
  /// assigned, published and dispatched.
  void add_nodes();
  void add_services();
  /// All dispatched tasks report that they run, with a container each.
  void run_all();

  /// A task's container dies; returns once its replacement has been dispatched.
  void kill_one(unsigned number);
  /// A service gets one replica more; returns once that has been dispatched.
  void scale_one(unsigned number);
  /// Nothing happens for so long.
  void idle(std::chrono::milliseconds time);

  [[nodiscard]] state::Snapshot const& head() const { return store_.head(); }
  [[nodiscard]] std::uint64_t dispatched() const { return dispatched_; }

  void task_changed(model::NodeId const& node, scheduler::DispatchedTask task) override;
  void task_gone(model::NodeId const& node, model::TaskId const& task) override;

 private:
  void change(state::Change const& change);
  void settle();
  void report(model::TaskId const& id, model::TaskState state);

  Load load_;
  RandomBytes random_ = quick_random();
  SystemClock clock_;
  boost::asio::io_context context_;
  state::StateStore store_;
  scheduler::ControlLoop loop_;
  scheduler::LoopDriver driver_;
  std::vector<model::ServiceId> services_;
  std::uint64_t dispatched_ = 0;
  std::vector<model::TaskId> to_run_;
};

}  // namespace swarmward::bench
