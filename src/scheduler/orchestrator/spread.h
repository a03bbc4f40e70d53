#pragma once

#include <string>
#include <vector>

#include "model/node.h"
#include "model/service.h"

namespace swarmward::scheduler {

/// The values that the service's spread preferences find on a node, in their order: its branch of
/// the tree of preferences. A missing label is an empty value; other descriptors are passed over.
[[nodiscard]] std::vector<std::string> spread_path(model::Service const& service,
                                                   model::Node const& node);

}  // namespace swarmward::scheduler
