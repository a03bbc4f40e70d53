#pragma once

#include <string>
#include <vector>

namespace swarmward::mesh {

/// A setting of the kernel as set_sysctl() takes it, and the value that our networks need.
struct KernelSetting {
  std::string name;
  std::string value;
};

// Which settings a namespace must have. Written when the networks are made, and compared by those
// who look for what is wrong.

/// Of every overlay's namespace.
[[nodiscard]] std::vector<KernelSetting> overlay_settings();
/// Shows bridged frames to the namespace's rules. New namespaces have it so; set by
/// whoever shares connections there.
inline constexpr char const* kBridgedFramesSetting = "net/bridge/bridge-nf-call-iptables";
/// Of every overlay's namespace, as far as the kernel has them.
[[nodiscard]] std::vector<KernelSetting> welcome_overlay_settings();
/// Of namespaces where IPVS shares connections.
[[nodiscard]] std::vector<KernelSetting> ipvs_settings();
/// Of the host's namespace, once the device to the ingress network is there.
[[nodiscard]] std::vector<KernelSetting> host_link_settings();
/// Of the ingress network's namespace, beside those of every overlay.
[[nodiscard]] std::vector<KernelSetting> ingress_settings();

}  // namespace swarmward::mesh
