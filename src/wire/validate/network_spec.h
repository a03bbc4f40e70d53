#pragma once

#include "base/result.h"
#include "model/network.h"

namespace swarmward::wire {

/// What native's control API checks of a network by itself, in its order and words. Not here: what
/// needs the state (names, a second ingress network). Beyond native: IPv6 subnets and an encrypted
/// ingress network are refused, for this version has neither.
[[nodiscard]] Result<void> validate_network_spec(model::NetworkSpec const& spec);

/// The subnets have no bits beyond their prefix. Errors: InvalidArgument, with the text that
/// engines have since 25.0.
[[nodiscard]] Result<void> check_subnets_are_masked(model::NetworkSpec const& spec);

}  // namespace swarmward::wire
