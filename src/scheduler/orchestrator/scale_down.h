#pragma once

#include <vector>

#include "scheduler/service_view.h"

namespace swarmward::scheduler {

/// A slot that has, or counts as having, its task.
struct LiveSlot {
  model::Slot slot = 0;
  std::vector<model::Task const*> wanted;  ///< Empty if a finished task holds the slot.
};

/// Which of these slots go so that `keep` are left. Pure. First what is worth least: slots without
/// a placed task of their own, then failing ones, then those on nodes that take no new tasks.
/// Within each kind the fullest branch of the spread preferences gives first, in it the node with
/// most slots of the service, on it the highest slot.
[[nodiscard]] std::vector<model::Slot> choose_surplus(ServiceView const& view,
                                                      std::vector<LiveSlot> const& live,
                                                      std::uint64_t keep);

}  // namespace swarmward::scheduler
