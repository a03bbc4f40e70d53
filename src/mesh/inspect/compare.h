#pragma once

#include <map>
#include <string>

#include "mesh/agent_state.h"
#include "mesh/apply/ingress_link.h"
#include "mesh/apply/kernel_settings.h"
#include "mesh/inspect/findings.h"
#include "mesh/inspect/observed.h"
#include "mesh/wanted.h"

// Pure: what differs between what must be and what was seen. Findings are about whatever
// Findings::about() was told last.

namespace swarmward::mesh {

/// The agent against the plan that the manager has for this node now.
void compare_agent(std::string const& wanted_mark, ObservedAgent const& agent, Findings& findings);

/// Namespace, bridge, vxlan device, settings, peers, the wires of members.
void compare_overlay(WantedNetwork const& wanted,
                     Underlay const& underlay,
                     AgentState const& state,
                     ObservedOverlay const& seen,
                     Findings& findings);

/// The ways to members on other hosts alone.
void compare_peers(WantedNetwork const& wanted, ObservedOverlay const& seen, Findings& findings);

/// "10.0.1.5 (web)" where the plan has a name for it.
[[nodiscard]] std::string with_name(model::PlannedNetwork const& network, Address address);

/// What keys of a table are called by people: "10.0.1.5" is "10.0.1.5 (web)".
using KeyNames = std::map<std::string, std::string>;

/// One part of a backend. `names` are those of its keys.
void compare_shared(SharedPart const& part, KeyNames const& names, Findings& findings);

/// Virtual addresses.
void compare_vips(model::PlannedNetwork const& network,
                  ObservedOverlay const& seen,
                  Findings& findings);

/// Published ports: link, backend, firewall, reserved ports. `network` is the ingress network.
void compare_ingress(model::NetworkPlan const& plan,
                     model::PlannedNetwork const& network,
                     IngressLink const& link,
                     std::set<Published> const& ports,
                     ObservedIngress const& seen,
                     Findings& findings);

/// Tasks that serve have a running container with their address, and the other way round.
void compare_members(model::PlannedNetwork const& network,
                     AgentState const& state,
                     ObservedEngine const& engine,
                     Findings& findings);

/// The answers of the agent's resolver.
void compare_names(model::PlannedNetwork const& network,
                   ObservedOverlay const& seen,
                   Findings& findings);

/// Settings of the kernel; those that it does not have are passed by.
void compare_settings(std::vector<KernelSetting> const& wanted,
                      std::map<std::string, std::string> const& seen,
                      std::string const& where,
                      Findings& findings);

}  // namespace swarmward::mesh
