#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "mesh/apply/net_namespace.h"

namespace swarmward::mesh {

/// Lets packets of published ports pass the filters of iptables in the namespace, in both stacks
/// (nft and legacy): an accept in one does not cancel a drop in another. Touches only stacks that
/// are in use and would drop; nothing if all is there. Starts programs, so it is for starts and
/// checks, not for each change. Errors: Unavailable, with what the program said.
[[nodiscard]] Result<void> ensure_forward_accept(NetNamespace const& net);

/// The stacks that would drop packets of published ports, by the names of their programs. Changes
/// nothing. Errors: as above.
[[nodiscard]] Result<std::vector<std::string>> find_forward_drops(NetNamespace const& net);

/// Takes back what the other put there, from both stacks.
[[nodiscard]] Result<void> remove_forward_accept(NetNamespace const& net);

}  // namespace swarmward::mesh
