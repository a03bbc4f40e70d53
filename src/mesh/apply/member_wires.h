#pragma once

#include <string>

#include "base/result.h"
#include "mesh/address.h"
#include "mesh/apply/net_namespace.h"
#include "mesh/apply/netlink.h"

namespace swarmward::mesh {

// The wires between containers of this host and the bridge of their overlay. What takes `home`, the
// overlay's namespace, is called in the host's own namespace.

/// The wire of one member.
struct MemberWire {
  std::string endpoint;  ///< The engine's id of it.
  Mac mac;
  unsigned mtu = 1450;
};

/// Makes the wire and returns the name of the end that lies in the host's namespace, for the engine
/// to take. An old wire of the same endpoint is removed.
[[nodiscard]] Result<std::string> attach_member(NetNamespace const& home, MemberWire const& wire);
/// No error where there is none.
[[nodiscard]] Result<void> detach_member(NetNamespace const& home, std::string const& endpoint);
/// The name of the bridge's port to which the member is wired.
[[nodiscard]] std::string port_of_member(std::string const& endpoint);
[[nodiscard]] Result<bool> is_attached(NetNamespace const& home, std::string const& endpoint);
/// Does a wire of the overlay end in a container that runs?
[[nodiscard]] Result<bool> has_running_members(NetNamespace const& home);

/// Gives the bridge (an index) the wires of all members: one that was made anew has lost them.
/// `inner` is in the overlay's namespace.
[[nodiscard]] Result<void> plug_in_members(Netlink& inner, int bridge);

}  // namespace swarmward::mesh
