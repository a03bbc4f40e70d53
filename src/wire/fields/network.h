#pragma once

#include "model/network.h"
#include "wire/fields/common.h"

namespace swarmward::wire {

template <>
inline constexpr std::string_view kGoType<model::IpamConfig> = "network.IPAMConfig";

// The stored form: requests and answers of the networks' routes have other names, see
// wire/network.h.

template <class A>
void describe(A& a, Ref<A, model::IpamConfig> config) {
  a.omit("Subnet", config.subnet);
  a.omit("Range", config.range);
  a.omit("Gateway", config.gateway);
  a.omit("AuxAddress", config.auxiliary);
}

template <class A>
void describe(A& a, Ref<A, model::NetworkSpec> spec) {
  describe_annotations(a, spec.annotations);
  a.omit("DriverConfiguration", spec.driver);
  a.omit("IPv6Enabled", spec.ipv6);
  a.omit("Internal", spec.internal);
  a.omit("Attachable", spec.attachable);
  a.omit("Ingress", spec.ingress);
  a.omit("IPAMDriver", spec.ipam_driver);
  a.omit("IPAM", spec.ipam);
  a.omit("ConfigFrom", spec.config_from);
}

template <class A>
void describe(A& a, Ref<A, model::Network> network) {
  describe_head(a, network.id, network.meta);
  a.keep("Spec", network.spec);
  a.internal("vni", network.vni);
  a.internal("ipam", network.ipam);
  a.internal("err", network.err);
}

template <class A>
void describe(A& a, Ref<A, model::NetworkAddress> address) {
  a.keep("NetworkID", address.network);
  a.keep("Address", address.address);
}

}  // namespace swarmward::wire
