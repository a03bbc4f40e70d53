#pragma once

#include "cli/command.h"

namespace swarmward::cli {

/// The commands of `docker ward`. Each prints to the session and returns the exit status.
Result<int> show_version(Session& session, Values const& values);
Result<int> explain(Session& session, Values const& values);
Result<int> rebalance(Session& session, Values const& values);
Result<int> doctor(Session& session, Values const& values);
/// The part of `doctor` that looks at the swarm's networks.
Result<int> examine_networks(Session& session, Values const& values);
Result<int> trace(Session& session, Values const& values);
Result<int> list_nodes(Session& session, Values const& values);
Result<int> adopt_node(Session& session, Values const& values);
Result<int> release_node(Session& session, Values const& values);

/// Credentials of registries, kept by the managers.
Result<int> registry_login(Session& session, Values const& values);
Result<int> list_registries(Session& session, Values const& values);
Result<int> registry_logout(Session& session, Values const& values);

}  // namespace swarmward::cli
