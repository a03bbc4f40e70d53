#pragma once

#include <string>
#include <vector>

#include "mesh/inspect/observed.h"
#include "model/network_report.h"

namespace swarmward::mesh {

/// Pure. Does the host hand this port ("tcp . 8080") over to the ingress network?
[[nodiscard]] bool hands_over(std::vector<SharedPart> const& published, std::string const& port);

/// Pure. Where new connections to a key go, by what is there and not by what must be; in the order
/// of turns. Nothing where something on the way to the backends is missing.
[[nodiscard]] std::vector<std::string> find_targets(std::vector<SharedPart> const& parts,
                                                    std::string const& key);

}  // namespace swarmward::mesh
