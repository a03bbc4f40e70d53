#include <algorithm>

#include <fmt/format.h>

#include "mesh/inspect/compare.h"

namespace swarmward::mesh {
namespace {

/// The running containers with an address in this network of the swarm.
std::map<std::string, std::string> containers_by_address(std::string const& network,
                                                         AgentState const& state,
                                                         ObservedEngine const& engine) {
  std::map<std::string, std::string> containers;
  for (auto const& container : engine.containers) {
    for (auto const& [engine_network, address] : container.addresses) {
      auto const known = state.networks.find(engine_network);
      if (container.running && known != state.networks.end() && known->second.network == network) {
        containers[address] = container.name;
      }
    }
  }
  return containers;
}

bool is_local(model::PlannedNetwork const& network, std::string const& address) {
  return std::ranges::find(network.local, address) != network.local.end();
}

}  // namespace

void compare_members(model::PlannedNetwork const& network,
                     AgentState const& state,
                     ObservedEngine const& engine,
                     Findings& findings) {
  if (!engine.failure.empty()) {
    return;  // Told once, for the node.
  }
  auto const containers = containers_by_address(network.id, state, engine);
  // Only tasks that serve have such a name; others may have their containers yet to come.
  for (auto const& [name, addresses] : network.reverse) {
    for (auto const& address : addresses) {
      if (!is_local(network, address)) {
        continue;
      }
      findings.looked();
      if (!containers.contains(address)) {
        findings.add("member.missing",
                     fmt::format("task {} serves at {}, but no running container of the engine "
                                 "has this address",
                                 name,
                                 address),
                     "the container was disconnected from the network by hand, or ended a moment "
                     "ago",
                     "if the next look finds it again, replace the task: docker service update "
                     "--force SERVICE");
      }
    }
  }
  for (auto const& [address, container] : containers) {
    findings.looked();
    if (!is_local(network, address)) {
      findings.add("member.unknown",
                   fmt::format("container {} has the address {}, which the plan gives to nobody "
                               "here: others do not reach it",
                               container,
                               address),
                   "it was connected by hand on its engine, or its task was removed while the "
                   "engine was away",
                   "remove or disconnect it on its engine, and use the swarm's own API to start "
                   "containers in its networks");
    }
  }
}

void compare_names(model::PlannedNetwork const& network,
                   ObservedOverlay const& seen,
                   Findings& findings) {
  std::vector<std::string> silent;
  std::vector<std::string> wrong;
  for (auto const& [name, addresses] : network.names) {
    std::set<Address> wanted;
    for (auto const& text : addresses) {
      if (auto const address = parse_address(text)) {
        wanted.insert(*address);
      }
    }
    findings.looked();
    auto const answer = seen.names.find(name);
    if (answer == seen.names.end()) {
      silent.push_back(name);
    } else if (answer->second != wanted) {
      std::vector<std::string> answered;
      for (auto const address : answer->second) {
        answered.push_back(to_text(address));
      }
      wrong.push_back(fmt::format("{} is {} instead of {}",
                                  name,
                                  answered.empty() ? "unknown" : listed(answered),
                                  addresses.empty() ? "without address" : listed(addresses)));
    }
  }
  if (!silent.empty()) {
    findings.add(
        "name.silent",
        fmt::format(
            "the resolver at {} does not answer for {}", network.node_address, listed(silent)),
        "it does not listen (its address is gone, or another program has port 53 "
        "there), or swarmward is overloaded",
        "if other findings name the address, those first. Else restart swarmward on the "
        "node: running containers and their connections are not touched");
  }
  if (!wrong.empty()) {
    findings.add("name.wrong",
                 "names that resolve to something else: " + listed(wrong),
                 "the agent still answers from the plan before");
  }
}

}  // namespace swarmward::mesh
