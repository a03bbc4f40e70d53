#pragma once

#include <string>

#include "scheduler/placement/filters.h"
#include "state/snapshot.h"

namespace swarmward::scheduler {

/// One word for the filter: "ready", "resource", "plugin", "constraint", "platform", "host-port",
/// "max-replicas".
[[nodiscard]] std::string filter_word(Filter filter);

/// Why this filter turns the node away, for a person: "asks for 2 CPUs, 0.5 of 4 are free".
/// `filter` is the first that fails, `replicas` how many active tasks of the service are there.
[[nodiscard]] std::string reason_text(Filter filter,
                                      Demand const& demand,
                                      NodeLoad const& load,
                                      std::uint64_t replicas,
                                      state::Snapshot const& snapshot);

}  // namespace swarmward::scheduler
