#pragma once

#include <filesystem>

#include "base/result.h"
#include "mesh/apply/net_namespace.h"
#include "mesh/render/port_chains.h"

namespace swarmward::mesh {

/// What the kernel has below /proc where it can look into bridged frames. Without it tasks behind
/// VIPs see the client's node instead of the client.
inline constexpr char const* kBridgeFilter = "/proc/sys/net/bridge";

/// Shows bridged frames to the rules of the namespace, or hides them; answers what is so now. A
/// kernel that cannot show them hides them. Errors: Unavailable.
[[nodiscard]] Result<BridgedFrames> set_bridged_frames(
    NetNamespace const& net,
    BridgedFrames wanted,
    std::filesystem::path const& bridge_filter = kBridgeFilter);

}  // namespace swarmward::mesh
