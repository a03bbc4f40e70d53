#pragma once

#include <string>
#include <string_view>

#include <nlohmann/json_fwd.hpp>

#include "base/result.h"

// The container of an agent on a host that was adopted, in the engine's words. Pure.

namespace swarmward::app {

/// Of the container and of the volume with its data root. One host has one agent.
inline constexpr char const* kAgentName = "swarmward-agent";
/// The data root inside, and what the file with the token is called there.
inline constexpr char const* kAgentData = "/var/lib/swarmward";
inline constexpr char const* kJoinFileName = "join.json";
/// The label that names the node.
inline constexpr char const* kAgentNodeLabel = "ward.agent.node";

struct AgentPlace {
  std::string swarm;   ///< Id of the cluster.
  std::string node;    ///< The name that it shall have.
  std::string socket;  ///< Path of the engine's socket on that host.
};

/// The body of POST /containers/create. Holds no secret.
[[nodiscard]] nlohmann::json agent_container(AgentPlace const& place, std::string const& image);

/// What the agent finds at its first start: how to join. `manager`: "ip:port".
[[nodiscard]] nlohmann::json agent_join_file(std::string const& name,
                                             std::string const& manager,
                                             std::string const& token);

/// This machine's architecture in Go's words ("amd64"); empty if it has none there.
[[nodiscard]] std::string own_architecture();

/// Whether the agent runs on an engine that answers `version` to GET /version. Errors: Conflict
/// with a cure.
[[nodiscard]] Result<void> check_platform(nlohmann::json const& version,
                                          std::string const& architecture);

/// Why an agent is not what it should be, by the log of its container (frames with heads of eight
/// bytes): the reason of the last line that has one, else the last line; empty if there is none.
[[nodiscard]] std::string last_words(std::string_view log);

}  // namespace swarmward::app
