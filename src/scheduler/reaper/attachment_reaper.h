#pragma once

#include <vector>

#include "state/snapshot.h"

namespace swarmward::scheduler {

/// A refused attachment is kept so long, for whoever asked for it to see why.
inline constexpr Duration kRefusalKept = std::chrono::minutes(1);

/// The attachments whose objects go now: their containers are gone or have left the network. Pure.
[[nodiscard]] std::vector<model::TaskId> ended_attachments(state::Snapshot const& snapshot,
                                                           Time now);

}  // namespace swarmward::scheduler
