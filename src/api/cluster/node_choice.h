#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "api/cluster/container_wish.h"
#include "api/cluster/seen_container.h"
#include "api/ward_control.h"

namespace swarmward::api {

/// What is known when a container needs a node.
struct ChoiceView {
  std::vector<NodeReason> verdicts;  ///< Of placement, one for each node.
  std::vector<SeenContainer> containers;
  /// Where volumes are that only one node has. Others may be anywhere.
  std::map<std::string, std::set<model::NodeId>> volumes;
  model::NodeId this_node;
  std::vector<std::string> local_networks;  ///< Networks that it names of this host's engine alone.
};

/// A node that fits, has what the container shares with others, and has the fewest containers: of
/// the same service of compose, then of the same project, then at all. Errors: InvalidArgument (a
/// container that it shares something with is not there, paths of a host without a constraint),
/// Unavailable (no node fits; the text says why for each).
[[nodiscard]] Result<model::NodeId> choose_node(ContainerWish const& wish, ChoiceView const& view);

}  // namespace swarmward::api
