#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "mesh/address.h"
#include "mesh/plugin/requests.h"

namespace swarmward::mesh {

/// A member of a network on this host, from its making to its removal by the engine.
struct KnownEndpoint {
  std::string network;  ///< The engine's id of it.
  Address address;
  Mac mac;
  bool operator==(KnownEndpoint const&) const = default;
};

/// What the engine told its driver once and never tells again, so it is kept on disk. By the
/// engine's ids.
struct AgentState {
  std::map<std::string, NetworkOptions> networks;
  std::map<std::string, KnownEndpoint> endpoints;
  bool operator==(AgentState const&) const = default;
};

[[nodiscard]] std::string agent_state_text(AgentState const& state);

/// The reverse. Errors: InvalidArgument for anything that this program did not write.
[[nodiscard]] Result<AgentState> agent_state_from(std::string_view text);

/// The engine's id of the network that the swarm calls so, or nothing.
[[nodiscard]] std::optional<std::string> find_engine_network(AgentState const& state,
                                                             std::string_view ward_network);

}  // namespace swarmward::mesh
