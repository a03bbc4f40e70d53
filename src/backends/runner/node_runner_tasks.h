#pragma once

#include <unordered_map>

#include "backends/runner/attachment_keeper.h"
#include "backends/runner/engine_monitor.h"
#include "backends/runner/node_runner.h"
#include "backends/runner/task_runner.h"

namespace swarmward::backends {

/// The tasks of a node and its containers that are not yet matched to one.
class NodeRunner::Tasks final : public EngineMonitor::Owner,
                                public std::enable_shared_from_this<NodeRunner::Tasks> {
 public:
  explicit Tasks(std::shared_ptr<RunnerContext> context) : context_(std::move(context)) {}

  void start(std::shared_ptr<Gate> turns, std::shared_ptr<Rounds> rounds);
  void stop();
  void assign_all(std::vector<Assignment> assignments);
  void assign(Assignment assignment);
  void unassign(model::TaskId task);
  std::optional<std::string> container_of(model::TaskId task) const;
  static asio::awaitable<void> remove_all(std::shared_ptr<Tasks> self);

  std::shared_ptr<RunnerContext> const& context() const { return context_; }

 private:
  void list_begins() override;
  void listed(std::vector<ContainerSummary> containers, Resync kind) override;
  void connected() override;
  void happened(ContainerEvent const& event) override;
  [[nodiscard]] bool awaits_ends() const override;
  void sort_in(ContainerSummary container);
  void remove_unclaimed();
  void finished(model::TaskId task);
  /// Takes away the networks that no task needs any more.
  void tidy_networks();
  /// The same in a while: whoever takes the place of a task that ended finds its network there.
  static asio::awaitable<void> tidy_networks_later(std::weak_ptr<Tasks> tasks,
                                                   std::shared_ptr<RunnerContext> context);
  /// Takes away the files of tasks that are not this node's any more, or over without a container.
  void tidy_files();
  AttachmentKeeper& attachments();

  std::shared_ptr<RunnerContext> context_;
  std::shared_ptr<EngineMonitor> monitor_;
  std::shared_ptr<AttachmentKeeper> attachments_;  ///< From the first one on.
  std::unordered_map<model::TaskId, std::shared_ptr<TaskRunner>> runners_;
  std::unordered_map<model::TaskId, ContainerSummary> found_;  ///< Of the list, by task.
  std::vector<std::string> duplicates_;
  bool assigned_all_ = false;
  bool will_tidy_networks_ = false;
};

}  // namespace swarmward::backends
