#pragma once

#include <map>
#include <vector>

#include "scheduler/placement/demand.h"
#include "state/snapshot.h"

namespace swarmward::scheduler {

/// Failures older than this do not count against a node. Source: swarm mode.
inline constexpr Duration kFailureWindow = std::chrono::minutes(5);

using ServiceVersion = std::pair<model::ServiceId, std::uint64_t>;

/// Which tasks failed where lately. Kept in memory: after a restart of the daemon it knows what the
/// tasks that are still on record tell.
class RecentFailures {
 public:
  /// Ports that a failed task found taken by somebody outside the swarm.
  struct ForeignPorts {
    model::NodeId node;
    std::vector<PublishedPort> ports;
  };

  /// Notes a failed or rejected task; says which ports were the reason. Others are passed over:
  /// tasks that did not fail or did so too long ago.
  ForeignPorts note(model::Task const& task, Time now);
  /// Forgets what is older than the window; returns the ports that may be free again.
  std::vector<ForeignPorts> expire(Time now);
  void clear() { *this = RecentFailures(); }

  /// How often tasks of this service and spec failed, by node.
  using Counts = std::map<model::NodeId, unsigned>;
  [[nodiscard]] Counts const& of(ServiceVersion const& version) const;
  /// The nodes on which tasks of this place could not even be started.
  [[nodiscard]] Counts const& starts_of(model::ServiceId const& service, model::Slot slot) const;

 private:
  using Place = std::pair<model::ServiceId, model::Slot>;
  struct Record {
    ServiceVersion version;
    model::Slot slot = 0;
    bool had_choice = false;  ///< Of a node: those of global services have none.
    bool at_start = false;
    ForeignPorts foreign;
  };

  std::multimap<Time, Record> records_;  ///< By the time of the failure.
  std::map<ServiceVersion, Counts> by_version_;
  std::map<Place, Counts> starts_;
};

}  // namespace swarmward::scheduler
