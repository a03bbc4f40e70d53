#pragma once

#include "api/swarm_control.h"
#include "state/snapshot.h"

namespace swarmward::api {

/// Makes the targets of a spec's networks whole ids, from names, ids and beginnings of ids; the
/// predefined `host` and `bridge` stay names. The engine of this host is asked about those that the
/// swarm does not know, so that a local network is refused by its right reason. Errors, with
/// native's texts: Forbidden for a local network, NotFound for `none`, InvalidArgument for the
/// ingress network, Internal for an unknown or ambiguous one. All outlive the call.
asio::awaitable<Result<void>> resolve_networks(SwarmControl* control,
                                               state::Snapshot const* snapshot,
                                               model::ServiceSpec* spec);

}  // namespace swarmward::api
