#pragma once

#include "wire/fields/network.h"

namespace swarmward::wire {

/// Overlay networks tell their number on the wire as an option of the driver.
inline constexpr char const* kVxlanOption = "com.docker.network.driver.overlay.vxlanid_list";

/// A range as objects of the swarm show it: without auxiliary addresses, which native loses.
struct ShownRange {
  model::IpamConfig const& config;
};
template <class A>
void describe(A& a, ShownRange const& range) {
  a.omit("Subnet", range.config.subnet);
  a.omit("Range", range.config.range);
  a.omit("Gateway", range.config.gateway);
}

struct ShownIpam {
  model::Driver driver;
  std::vector<ShownRange> ranges;
};
template <class A>
void describe(A& a, ShownIpam const& ipam) {
  a.keep("Driver", ipam.driver);
  a.omit("Configs", ipam.ranges);
}

[[nodiscard]] inline ShownIpam shown_ipam(model::Driver driver,
                                          std::vector<model::IpamConfig> const& configs) {
  ShownIpam shown{std::move(driver), {}};
  for (auto const& config : configs) {
    shown.ranges.push_back(ShownRange{config});
  }
  return shown;
}

/// Options of the driver that is in use: those of the spec and the number on the wire.
[[nodiscard]] inline model::StringMap driver_options(model::Network const& network) {
  auto options = network.spec.driver.options;
  options[kVxlanOption] = std::to_string(network.vni);
  return options;
}

/// The IPAM driver in use; native's own is called "default".
[[nodiscard]] inline model::Driver ipam_driver(model::Network const& network) {
  model::Driver driver = network.spec.ipam_driver.value_or(model::Driver{});
  if (driver.name.empty()) {
    driver.name = "default";
  }
  if (!driver.options.empty()) {
    driver.options["com.docker.network.ipam.serial"] = "true";
  }
  return driver;
}

struct ShownConfigFrom {
  std::string const& network;
};
template <class A>
void describe(A& a, ShownConfigFrom const& from) {
  a.keep("Network", from.network);
}

struct ShownNetworkSpec {
  model::NetworkSpec const& spec;
};
template <class A>
void describe(A& a, ShownNetworkSpec const& shown) {
  auto const& spec = shown.spec;
  std::optional<ShownIpam> ipam;
  if (spec.ipam_driver || !spec.ipam.empty()) {
    ipam = shown_ipam(spec.ipam_driver.value_or(model::Driver{}), spec.ipam);
  }
  describe_annotations(a, spec.annotations);
  a.keep("DriverConfiguration", spec.driver);
  a.omit("IPv6Enabled", spec.ipv6);
  a.omit("Internal", spec.internal);
  a.omit("Attachable", spec.attachable);
  a.omit("Ingress", spec.ingress);
  a.omit("IPAMOptions", ipam);
  if (!spec.config_from.empty()) {
    a.keep("ConfigFrom", ShownConfigFrom{spec.config_from});
  }
  a.keep("Scope", std::string("swarm"));
}

/// A network as the attachments of tasks show it.
struct ShownNetwork {
  model::Network const& network;
};
template <class A>
void describe(A& a, ShownNetwork const& shown) {
  auto const& network = shown.network;
  std::optional<model::Driver> driver;
  std::optional<ShownIpam> ipam;
  if (model::is_node_local(network.spec)) {  // What its nodes make of it, they alone know.
    driver = model::Driver{network.spec.driver.name, {}};
    ipam = ShownIpam{};
  } else if (network.vni != 0) {
    driver = model::Driver{"overlay", driver_options(network)};
    ipam = shown_ipam(ipam_driver(network), network.ipam);
  }
  describe_head(a, network.id, network.meta);
  a.keep("Spec", ShownNetworkSpec{network.spec});
  a.omit("DriverState", driver);
  a.omit("IPAMOptions", ipam);
}

}  // namespace swarmward::wire
