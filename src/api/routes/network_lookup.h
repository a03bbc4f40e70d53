#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json.hpp>

#include "api/swarm_control.h"
#include "state/snapshot.h"

namespace swarmward::api {

/// The networks of the swarm that a client may call so: the one with this id, else the one with
/// this name, else those whose ids begin so.
[[nodiscard]] std::vector<state::NetworkPtr> find_networks(state::Snapshot const& snapshot,
                                                           std::string_view input);
/// The one with this name, as it is written; null if there is none.
[[nodiscard]] state::NetworkPtr find_network_named(state::Snapshot const& snapshot,
                                                   std::string_view name);

/// Hidden networks of the swarm, which services may name.
[[nodiscard]] bool is_predefined_network(std::string_view name);

/// The engines' bridge by which members of overlay networks reach the outside. Native keeps it from
/// init to leave; ours comes and goes with tasks, and must not be pruned in between: it may have
/// been made by hand.
inline constexpr std::string_view kGatewayBridge = "docker_gwbridge";

/// A network of the engine's own as local_network() shows it. Errors: Forbidden, native's text.
[[nodiscard]] Result<void> check_removable(nlohmann::json const& local);

/// The id of the swarm's network that this network of an engine stands for there; empty if it is
/// the engine's own.
[[nodiscard]] std::string swarm_network_of(nlohmann::json const& local);

/// Of a node-local network the label that names the one it was configured after.
inline constexpr char const* kConfigFromLabel = "ward.config-from";

/// Leaves the labels that the user gave, or those of the network it was configured after.
void remove_own_labels(nlohmann::json& local);

/// A network of this host's engine, as it shows it; null if there is none or it does not answer.
/// `control` and `name` outlive the call.
asio::awaitable<nlohmann::json> local_network(SwarmControl* control, std::string const* name);

/// What is called so, in the swarm and on this host's engine.
struct NetworkMatch {
  state::NetworkPtr swarm;    ///< Null if it is none of the swarm's: ask the engine then.
  bool vanished = false;      ///< The engine still has its part of a network that is gone.
  std::size_t ambiguous = 0;  ///< How many there are, if more than one; nothing else is set then.
  std::string_view basis;     ///< By what they match: "name" or "ID prefix".
};

/// Among the swarm's networks alone.
[[nodiscard]] NetworkMatch match_in_swarm(state::Snapshot const& snapshot, std::string_view input);

/// Source of the order: dockerd. Whole ids and names go before beginnings of ids. All outlive the
/// call.
asio::awaitable<NetworkMatch> match_network(SwarmControl* control,
                                            state::Snapshot const* snapshot,
                                            std::string const* input);

}  // namespace swarmward::api
