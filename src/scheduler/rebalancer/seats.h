#pragma once

#include <map>
#include <string>
#include <vector>

#include "scheduler/service_view.h"

namespace swarmward::scheduler {

/// A node that may take tasks of a service, with those that it has.
struct Seat {
  model::Node const* node = nullptr;
  std::vector<model::Task const*> tasks{};
};

/// The seats of one branch of the first spread preference.
struct Branch {
  std::vector<Seat> seats;
  [[nodiscard]] std::size_t tasks() const;
};

/// By the value of the preference; one branch where there is none. No branch is empty.
using Branches = std::map<std::string, Branch>;

/// The nodes that fit the service, each with those of `tasks` that are on it.
[[nodiscard]] Branches seats_of(ServiceView const& view,
                                std::vector<model::Task const*> const& tasks);

/// From one seat to another; null if there is nothing to even out.
struct SeatChange {
  Seat* from = nullptr;
  Seat* to = nullptr;
};

/// The change that evens them out most: between branches that differ by two tasks or more, from the
/// fullest seat to the emptiest; else within a branch, between seats that do.
[[nodiscard]] SeatChange find_change(Branches& branches);

}  // namespace swarmward::scheduler
