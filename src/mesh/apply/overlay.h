#pragma once

#include <filesystem>

#include "base/result.h"
#include "mesh/apply/net_namespace.h"
#include "mesh/difference.h"
#include "mesh/overlay_spec.h"

namespace swarmward::mesh {

/// The bridge of every overlay's namespace: members are its ports, the host's own address and
/// virtual addresses are on it.
inline constexpr char const* kBridge = "br0";
/// The device in every overlay's namespace that leads to the other hosts.
inline constexpr char const* kVxlan = "vxlan0";

// All of these are called in the host's own namespace: the one of the engine, from which other
// hosts are reached. Each may be repeated; it then changes only what is not as it should be.

/// Makes the overlay's namespace, kept by the file, and everything in it but the members. Errors:
/// Conflict where another overlay of this host has the VNI; what the kernel said.
[[nodiscard]] Result<NetNamespace> apply_overlay(std::filesystem::path const& file,
                                                 OverlaySpec const& spec,
                                                 Underlay const& underlay);

/// Makes the members on other hosts known, and forgets those that are not named.
[[nodiscard]] Result<void> apply_peers(NetNamespace const& home,
                                       std::vector<OverlayPeer> const& peers);

/// The same for members that came and went since apply_peers(), without a look at the others.
/// Errors: what the kernel said; then apply_peers() is to mend it.
[[nodiscard]] Result<void> change_peers(NetNamespace const& home,
                                        Difference<OverlayPeer> const& change);

/// Removes all of it, also the wires of members that still run. No error where nothing is.
[[nodiscard]] Result<void> remove_overlay(std::filesystem::path const& file);

}  // namespace swarmward::mesh
