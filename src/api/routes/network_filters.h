#pragma once

#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "state/snapshot.h"
#include "wire/filters.h"

namespace swarmward::api {

/// The filters of GET /networks. Errors, with native's texts: InvalidArgument (an unknown key, a
/// word for `dangling`), Internal (a word for `type`).
[[nodiscard]] Result<void> check_network_filters(wire::Filters const& filters);

/// The networks of the swarm that pass, by id. `name` and `id` are parts of them, as they are for
/// the engine's own and for all networks since engine 29; `^` and `$` stand for the ends.
[[nodiscard]] std::vector<state::NetworkPtr> filter_networks(state::Snapshot const& snapshot,
                                                             wire::Filters const& filters);

/// The filters of POST /networks/prune.
struct PruneFilters {
  wire::Filters filters;
  Time before = Time::max();  ///< Only networks that were made earlier.
};
/// `until` is a moment (RFC 3339, or seconds since 1970) or how long ago ("1h30m"). Errors:
/// InvalidArgument.
[[nodiscard]] Result<PruneFilters> parse_prune_filters(wire::Filters filters, Time now);

/// Whether a network with these labels, made at that time, may be pruned.
[[nodiscard]] bool may_prune(PruneFilters const& filters,
                             model::StringMap const& labels,
                             Time created);

}  // namespace swarmward::api
