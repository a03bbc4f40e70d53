#pragma once

#include "backends/runner/container_labels.h"
#include "backends/runner/gate.h"
#include "backends/runner/rounds.h"
#include "backends/runner/runner_types.h"
#include "backends/task_files.h"

namespace swarmward::backends {

/// Makes one engine run the tasks assigned to its node. It only ever touches containers that carry
/// this node's id as a label. Io thread only; may be destroyed at any time.
class NodeRunner {
 public:
  /// `files`: null if the node can have no secrets and configs; tasks with some fail there.
  NodeRunner(asio::any_io_executor executor,
             std::shared_ptr<Engine> engine,
             NodeIdentity identity,
             RunnerSink& sink,
             Clock const& clock,
             Delays delays = {},
             LabelPolicy labels = {},
             std::shared_ptr<TaskFiles> files = nullptr);
  ~NodeRunner();
  NodeRunner(NodeRunner const&) = delete;
  NodeRunner& operator=(NodeRunner const&) = delete;

  /// Begins to connect, when it is its turn if there are `turns`, and asks the engine for signs of
  /// life in `rounds`, which runners share; in rounds of its own if that is null. The sink is told
  /// of the first connect, of changes of the engine's info, of each loss at once, and of failures
  /// to reconnect from time to time.
  void start(std::shared_ptr<Gate> turns = nullptr, std::shared_ptr<Rounds> rounds = nullptr);
  /// The timers from now on; one that runs already is not changed.
  void set_delays(Delays delays);
  /// The full set. From now on containers of this node that belong to no assignment are removed.
  void assign_all(std::vector<Assignment> assignments);
  void task_changed(Assignment assignment);
  void task_gone(model::TaskId task);
  /// For leaving the swarm: gives all tasks up and removes every container of this node. Returns
  /// when none is left, or when the engine does not answer.
  asio::awaitable<void> remove_all_containers();
  /// The sink and the clock are not used any more; containers go on.
  void stop();

  [[nodiscard]] std::shared_ptr<Engine> engine() const;
  [[nodiscard]] bool connected() const;
  [[nodiscard]] std::string const& hostname() const;
  /// The container's id, for logs.
  [[nodiscard]] std::optional<std::string> container_of(model::TaskId task) const;

 private:
  class Tasks;
  std::shared_ptr<Tasks> tasks_;
};

}  // namespace swarmward::backends
