#pragma once

#include "scheduler/allocator/address_book.h"
#include "scheduler/allocator/port_plan.h"
#include "state/snapshot.h"

namespace swarmward::scheduler {

struct EndpointPlan {
  model::Endpoint endpoint;
  std::string err;  ///< Why it cannot be done; `endpoint` then means nothing.
};

/// The endpoint that the service's spec asks for, beside the services of `snapshot`: ports, and a
/// virtual address in each overlay network, that of the ingress network first. Addresses it has
/// already are kept, new ones are taken from the book. Predefined and node-local networks are
/// listed without one, as native does. While there is no ingress network, ports do without an
/// address there.
[[nodiscard]] EndpointPlan plan_endpoint(state::Snapshot const& snapshot,
                                         model::Service const& service,
                                         PortCursor& cursor,
                                         AddressBook& book);

/// The endpoint is already what the spec asks for.
[[nodiscard]] bool is_allocated(state::Snapshot const& snapshot, model::Service const& service);

/// Its tasks need addresses of their own before they may be placed.
[[nodiscard]] bool joins_networks(model::Service const& service);

/// The networks of the swarm that each task of the service joins, the ingress network first.
[[nodiscard]] std::vector<model::NetworkId> networks_of_tasks(model::Service const& service,
                                                              model::Task const& task);

/// `host` and `bridge`, which every engine has by itself.
[[nodiscard]] bool is_predefined_network(std::string_view target);

/// The swarm gives no addresses in it: a predefined network, or a node-local one.
[[nodiscard]] bool is_without_addresses(state::Snapshot const& snapshot, std::string_view target);

/// Null if there is none.
[[nodiscard]] state::NetworkPtr ingress_network(state::Snapshot const& snapshot);

}  // namespace swarmward::scheduler
