#pragma once

#include <span>

#include "cli/command.h"

namespace swarmward::cli {

enum class Descriptions { No, Yes };

/// What a shell asks when the user presses TAB: candidates for the last word, one a line, then a
/// line with a colon and what the shell may do besides (4: not offer file names, 0: offer them).
/// `words` are those after `docker ward`.
[[nodiscard]] std::string complete(Command const& root,
                                   std::span<std::string const> words,
                                   Descriptions descriptions,
                                   Requests& daemon);

/// Names of services, of nodes, and of the swarm's networks.
[[nodiscard]] std::vector<std::string> service_names(Requests& daemon);
[[nodiscard]] std::vector<std::string> node_names(Requests& daemon);
[[nodiscard]] std::vector<std::string> network_names(Requests& daemon);
/// Registries that a credential is stored for.
[[nodiscard]] std::vector<std::string> registry_names(Requests& daemon);

}  // namespace swarmward::cli
