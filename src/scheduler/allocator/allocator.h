#pragma once

#include <map>
#include <set>

#include "scheduler/allocator/address_book.h"
#include "scheduler/allocator/endpoint_plan.h"
#include "scheduler/placement/placement.h"
#include "state/state_store.h"

namespace swarmward::scheduler {

/// Gives networks their subnets, services their endpoints, tasks and nodes their addresses. Tasks
/// made before they can have all that stay in `new`, with the reason as their Err, and go on to
/// placement once they have it. What is in use is read off the objects. Lives on the store's
/// strand.
class Allocator {
 public:
  explicit Allocator(state::StateStore& store) : store_(store) {}

  /// Reads everything anew: at start, or after a write was taken back.
  void rebuild();
  /// Notes what a commit touched. Returns the services that wait for something which it may have
  /// given back.
  [[nodiscard]] std::set<model::ServiceId> touch(state::Touched const& touched);
  [[nodiscard]] bool has_work() const { return !networks_.empty() || !nodes_.empty(); }

  /// Brings networks and nodes in line. Writes nothing where nothing changes.
  void allocate_networks();
  void allocate_nodes();
  /// Brings the endpoint of a service and the addresses of its new tasks in line.
  void allocate(model::ServiceId const& id);
  /// Gives new attachments and their nodes their addresses, and sends them on their way; those that
  /// can get none are rejected.
  void allocate_attachments();
  /// Gives the nodes to which these tasks are assigned an address in each of their networks. Part
  /// of the commit that assigns them. Returns the tasks whose nodes can get none: to be rejected.
  [[nodiscard]] std::vector<model::TaskId> attach_nodes(state::Draft& draft,
                                                        std::vector<Assignment> const& assignments);
  /// Writes for each that its node could get no address.
  static void reject(state::Draft& draft, std::vector<model::TaskId> const& tasks);

 private:
  void write(model::Service const& service, EndpointPlan const& plan);
  void settle(state::Draft& draft,
              model::Service const& service,
              model::Task task,
              std::string const& err);
  /// Nothing: the network has no subnet yet. `head`: the store has none inside of a change.
  [[nodiscard]] std::optional<model::Task> settled_attachment(state::Snapshot const& head,
                                                              model::Task task,
                                                              Time now);
  /// Gives the node an address in the network if it has none. False: there is none left.
  bool attach_node(model::Node& node, model::NetworkId const& network);
  /// The task's addresses, or why it cannot have them.
  [[nodiscard]] Result<std::vector<model::NetworkAddress>> addresses_for(
      state::Snapshot const& snapshot, model::Service const& service, model::Task const& task);
  [[nodiscard]] std::vector<state::TaskPtr> to_settle(model::ServiceId const& service,
                                                      std::string const& err) const;
  void add_nodes(state::Snapshot const& head);
  void note_fresh(state::TaskPtr const& before, state::TaskPtr const& after);

  state::StateStore& store_;
  PortCursor cursor_;
  AddressBook book_;
  std::uint32_t last_vni_ = 0;  ///< The highest VXLAN id that was given yet.
  std::optional<SubnetPool> pool_;
  std::set<model::NetworkId> networks_;  ///< Without a subnet, to be tried.
  /// New, or a task of an overlay network may have left them.
  std::set<model::NodeId> nodes_;
  std::set<model::ServiceId> starved_;  ///< Without an endpoint; their tasks are held.
  std::map<model::ServiceId, std::set<model::TaskId>> fresh_;  ///< Tasks in `new`.
};

}  // namespace swarmward::scheduler
