#pragma once

#include <string>

#include "cluster/pki/verify_member.h"
#include "state/snapshot.h"

// What a manager decides about hosts that join and members that report. Pure but for the draft.

namespace swarmward::cluster {

/// A host that wants to join, its token found good.
struct Newcomer {
  std::string hostname;
  std::string address;  ///< IP address at which its agent is reached.
  std::uint32_t agent_port = 0;
  model::Availability availability = model::Availability::Active;
  std::string engine_id = {};  ///< As model::Node has it.
};

/// Whether the engine of a host that wants to join is a node already that this swarm reaches by
/// itself: listed, adopted, or the manager's own. What joined before is no obstacle: a host that
/// lost its data joins again. Errors: Conflict, with a cure.
[[nodiscard]] Result<void> expect_free_engine(state::Snapshot const& snapshot,
                                              std::string const& engine_id);

/// The node that is not Down and has this engine, other than `except`; null if there is none.
[[nodiscard]] state::NodePtr node_of_engine(state::Snapshot const& snapshot,
                                            std::string const& engine_id,
                                            model::NodeId const& except);

/// The node object of a newcomer, before its certificate is issued.
[[nodiscard]] model::Node new_member(model::Cluster const& cluster,
                                     Newcomer const& newcomer,
                                     RandomBytes const& random);

/// What a member says of itself with each heartbeat.
struct MemberReport {
  std::string address;
  std::string data_path = {};  ///< As model::Node has it.
  std::uint32_t agent_port = 0;
  std::vector<std::string> resolvers = {};
  bool can_encrypt = false;  ///< As model::Node has it.
};

/// The node as it must be written after a report, if anything changed. Errors: Forbidden if the
/// node was removed.
[[nodiscard]] Result<std::optional<model::Node>> take_report(state::Snapshot const& snapshot,
                                                             Peer const& peer,
                                                             MemberReport const& report);

/// May this member have a new certificate? A known key may even if its certificate has expired: a
/// swarm that was switched off for months shall live. Errors: Forbidden.
[[nodiscard]] Result<void> may_renew(state::Snapshot const& snapshot, Peer const& peer);

}  // namespace swarmward::cluster
