#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>

#include "app/dispatch_queue.h"
#include "app/engine_directory.h"
#include "app/liveness_driver.h"
#include "app/networks/attachments.h"
#include "app/networks/plan_keeper.h"
#include "app/status_reporter.h"
#include "backends/runner/gate.h"
#include "backends/runner/node_runner.h"
#include "scheduler/dispatch/dispatcher.h"
#include "state/state_store.h"

namespace swarmward::app {

/// The engines this daemon knows, and for each node of the swarm the runner that keeps its tasks.
/// Io thread only, except TaskTarget's calls and published(), which come from the store's strand
/// and are handed over in order.
class NodeRunners final : public backends::RunnerSink, public scheduler::TaskTarget {
 public:
  NodeRunners(asio::any_io_executor executor,
              EngineDirectory& engines,
              StatusReporter& reporter,
              Attachments& attachments,
              LivenessDriver& liveness,
              PlanKeeper& plans,
              state::StateStore const& store,
              Clock const& clock,
              backends::LabelPolicy labels);

  /// Makes runners for the nodes of a snapshot, with all their tasks: at start.
  void adopt(state::Snapshot const& snapshot);
  /// Strand: hands over what a publication means for nodes and tasks.
  void published(std::shared_ptr<state::Snapshot const> const& snapshot,
                 state::Touched const& touched);

  /// Removes every container of every node; engines that do not answer are passed over.
  asio::awaitable<void> remove_all_containers();
  void stop();

  void report(model::NodeId node, model::TaskId task, model::TaskStatus status) override;
  void attached(model::NodeId node, std::vector<model::SeenAttachment> seen) override;
  void observe(model::NodeId node, backends::EngineObservation observation) override;
  boost::asio::awaitable<void> withdrawn() override { return plans_.carried_out(); }
  boost::asio::awaitable<Result<void>> copy_image(model::NodeId to,
                                                  std::string reference,
                                                  backends::Tell tell) override;
  std::optional<backends::StoredLogin> stored_login(std::string const& reference) override;
  void task_changed(model::NodeId const& node, scheduler::DispatchedTask task) override;
  void task_gone(model::NodeId const& node, model::TaskId const& task) override;

 private:
  void node_added(state::Snapshot const& snapshot, model::Node const& node);
  void node_removed(model::NodeId const& id);
  void keep_pace();
  void hand_over(DispatchQueue::Entry entry);

  asio::any_io_executor executor_;
  EngineDirectory& engines_;
  StatusReporter& reporter_;
  Attachments& attachments_;
  LivenessDriver& liveness_;
  PlanKeeper& plans_;
  state::StateStore const& store_;
  Clock const& clock_;
  backends::LabelPolicy labels_;
  std::map<model::NodeId, std::unique_ptr<backends::NodeRunner>> runners_;
  std::vector<DispatchQueue::Entry> dispatched_;  ///< Strand: of the publication at hand.
  DispatchQueue dispatches_;
  std::shared_ptr<backends::Gate> copies_;  ///< Of images between nodes.
  std::shared_ptr<backends::Gate> connects_;
  std::shared_ptr<backends::Rounds> rounds_;
  unsigned pace_ = 1;  ///< By which the runners' timers are slowed.
};

}  // namespace swarmward::app
