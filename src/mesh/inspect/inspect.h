#pragma once

#include <filesystem>
#include <string>

#include "base/result.h"
#include "mesh/apply/ingress.h"
#include "mesh/backend.h"
#include "mesh/inspect/observed.h"
#include "mesh/overlay_spec.h"
#include "model/network_report.h"

namespace swarmward::mesh {

/// Where the agent of this host keeps what it knows.
struct InspectedPlaces {
  std::filesystem::path namespaces;  ///< Folder of files, one for each overlay.
  std::filesystem::path state;       ///< What the engine told.
  std::filesystem::path plan;        ///< What the manager told last.
  Underlay underlay;
  Subnet link = Ingress::kDefaultLink;
  ChosenBackend backend = {};  ///< What shares connections here.
};

/// What the agent says of itself, beside its files.
struct AgentHealth {
  std::string error;              ///< Of carrying the plan out; empty: none.
  std::int64_t pass_seconds = 0;  ///< Since its last pass over everything ended.
};

/// Compares this host with the plan in the question: kernel, engine, resolver, agent. Needs neither
/// the agent nor its lock, so it also tells of one that hangs. Changes nothing. Blocks for up to
/// some seconds; in the engine's namespace. Errors: InvalidArgument for a plan that makes no sense,
/// Unavailable.
[[nodiscard]] Result<model::NetworkReport> inspect_networks(InspectedPlaces const& places,
                                                            AgentHealth const& health,
                                                            ObservedEngine const& engine,
                                                            model::NetworkQuestion const& question);

}  // namespace swarmward::mesh
