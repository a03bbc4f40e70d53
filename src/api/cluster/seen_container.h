#pragma once

#include <string>
#include <vector>

#include "model/ids.h"

namespace swarmward::api {

/// A container on some node, as its engine lists it.
struct SeenContainer {
  model::NodeId node;
  std::string id;                  ///< Empty: it is being made.
  std::vector<std::string> names;  ///< Without slashes.
  std::string project;             ///< Of compose.
  std::string service;
  std::vector<std::string> volumes{};  ///< Named ones; only of one that is being made.
};

/// The containers in an engine's answer to `GET /containers/json`. Nothing of what is malformed.
[[nodiscard]] std::vector<SeenContainer> seen_containers(model::NodeId const& node,
                                                         std::string const& list);

/// A container that is named so; null if there is none.
[[nodiscard]] SeenContainer const* find_named(std::vector<SeenContainer> const& containers,
                                              std::string const& name);

}  // namespace swarmward::api
