#pragma once

#include <vector>

#include "base/result.h"
#include "mesh/apply/netlink.h"
#include "mesh/render/encryption.h"

namespace swarmward::mesh {

// The kernel's encryption of packets between hosts (xfrm). Only what bears our number is listed;
// what others put there stays. The netlink is one opened for NETLINK_XFRM.

/// Can this host's kernel encrypt overlays: ESP with AES-GCM? Tries it, in a namespace that is
/// thrown away; the kernel may load modules for it.
[[nodiscard]] bool kernel_can_encrypt();

[[nodiscard]] Result<std::vector<SecureFlow>> list_flows(Netlink& netlink);
/// A flow with the same number to the same host is replaced.
[[nodiscard]] Result<void> put_flow(Netlink& netlink, SecureFlow const& flow);
/// No error where there is none.
[[nodiscard]] Result<void> remove_flow(Netlink& netlink, SecureFlow const& flow);

[[nodiscard]] Result<std::vector<SecureRoute>> list_secure_routes(Netlink& netlink);
/// One between the same hosts is replaced, in one step.
[[nodiscard]] Result<void> put_secure_route(Netlink& netlink, SecureRoute const& route);
/// No error where there is none.
[[nodiscard]] Result<void> remove_secure_route(Netlink& netlink, SecureRoute const& route);

}  // namespace swarmward::mesh
