#pragma once

#include "model/cluster.h"
#include "model/network.h"
#include "model/service.h"
#include "model/task.h"

namespace swarmward::wire::testing {

// Objects in which every field differs from its default, so that a lost one shows.

[[nodiscard]] model::ServiceSpec full_spec();
[[nodiscard]] model::Service full_service();
[[nodiscard]] model::Task full_task();
[[nodiscard]] model::Node full_node();
[[nodiscard]] model::Network full_network();
[[nodiscard]] model::Cluster full_cluster();

}  // namespace swarmward::wire::testing
