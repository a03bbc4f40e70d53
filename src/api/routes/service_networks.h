#pragma once

#include "api/swarm_control.h"

namespace swarmward::api {

/// Whether the networks of a spec may be used by services. This version has only the predefined
/// `host` and `bridge`; the engine of this host is asked about others, so that a local network is
/// refused by its right reason. Errors, with native's texts: Forbidden for a local network,
/// NotFound for `none`, InvalidArgument for the ingress network, Internal for an unknown one.
/// `control` and `spec` outlive the call.
asio::awaitable<Result<void>> check_networks(SwarmControl* control, model::ServiceSpec const* spec);

}  // namespace swarmward::api
