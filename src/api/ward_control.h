#pragma once

#include <optional>
#include <string>
#include <vector>

#include <boost/asio/awaitable.hpp>

#include "base/result.h"
#include "model/network_report.h"
#include "state/snapshot.h"

namespace swarmward::api {

namespace asio = boost::asio;

/// What one node says to a task that looks for a place.
struct NodeReason {
  std::string id;
  std::string name;
  std::string filter;  ///< The first filter that turns the task away; empty: it fits.
  std::string reason;  ///< In words.
};

/// How the engine of a node came to be one.
struct NodePlace {
  std::string kind;     ///< local, listed, joined or adopted.
  std::string address;  ///< URL of its engine; empty if it has none here.
};

/// A task that moves to another node, or would.
struct TaskMove {
  model::ServiceId service;
  std::string service_name;
  model::TaskId task;
  std::string task_name;
  model::NodeId from;
  model::NodeId to;
  model::TaskId new_task{};  ///< The one that takes over; empty: not made yet.
};

/// A service of which nothing may move, and why.
struct MoveRefusal {
  std::string service_name;
  std::string reason;
};

struct RebalanceReport {
  std::vector<TaskMove> moves;
  std::vector<MoveRefusal> refusals;
};

enum class DryRun { No, Yes };

/// One thing that was looked at.
struct Check {
  enum class Status { Ok, Warn, Fail };
  std::string check;    ///< What: "engine", "clock", …
  std::string subject;  ///< Of whom: a node's name, or "this host".
  Status status = Status::Ok;
  std::string detail;  ///< What was found.
  std::string cure{};  ///< What to do about it; empty if it is ok.
};

/// A host without a Swarmward that shall become a node.
struct AdoptRequest {
  std::string name;
  model::EngineAccess access;  ///< Its `ssh_identity` is the text of a key.
  bool with_agent = false;     ///< Swarmward itself is put there, in a container, and joins.
  /// For the agent: path of the engine's socket on its host.
  std::string engine_socket = "/var/run/docker.sock";
};

/// What to look at of the swarm's networks.
struct NetworkLook {
  std::vector<model::NodeId> nodes;
  std::vector<std::string> networks;  ///< Ids; empty: all.
  std::string path_key;               ///< As in model::NetworkQuestion.
  std::string path_network;
};

/// What one node said.
struct NodeNetworks {
  model::NodeId node;
  std::string name;
  bool has_agent = true;  ///< Without one a node has no networks of the swarm.
  std::string plan;       ///< Checksum of its plan at the manager.
  std::string problem;    ///< Why there is no report; empty: there is one, or no agent.
  std::string cure;
  std::optional<model::NetworkReport> report;
};

struct Adopted {
  model::NodeId id;
  std::string warning;  ///< What the operator ought to know; empty if nothing.
};

/// What the routes below /ward need beyond the state: decisions of the scheduler, and the hosts.
/// Implemented by the daemon's wiring. Called on the io thread.
class WardControl {
 public:
  virtual ~WardControl() = default;

  /// For each of the tasks what each node says to it. Costs as much as the cluster has tasks.
  [[nodiscard]] virtual std::vector<std::vector<NodeReason>> judge(
      state::Snapshot const& snapshot, std::vector<model::Task> const& tasks) = 0;

  [[nodiscard]] virtual NodePlace place_of(model::Node const& node) = 0;

  /// The moves that would even out the service, or all of them if `service` is empty. Unless it is
  /// a dry run, as many of them as the services' update parallelism allows at once are made.
  virtual asio::awaitable<Result<RebalanceReport>> rebalance(model::ServiceId service,
                                                             DryRun dry_run) = 0;

  /// Asks the engine and makes it a node. Errors: InvalidArgument, Conflict, Unavailable with a
  /// cure.
  virtual asio::awaitable<Result<Adopted>> adopt(AdoptRequest request) = 0;

  /// Whether what was put on the host of an adopted node can be removed now. Errors: Unavailable
  /// with a cure.
  virtual asio::awaitable<Result<void>> prepare_release(model::Node node) = 0;
  /// For a node that has just been erased: returns when nothing of the agent is left on its host.
  /// Errors: Unavailable, those of the engine; in words that say what is left.
  virtual asio::awaitable<Result<void>> finish_release(model::Node node) = 0;

  /// Looks at this host and at all engines.
  virtual asio::awaitable<std::vector<Check>> examine() = 0;

  /// Has nodes look at their networks: one line for each of the nodes that exist, in that order.
  /// Takes up to some 20 seconds where nodes are silent.
  virtual asio::awaitable<std::vector<NodeNetworks>> look_at_networks(NetworkLook look) = 0;
};

}  // namespace swarmward::api
