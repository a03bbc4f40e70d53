#pragma once

#include "model/network_plan.h"
#include "wire/fields/cluster.h"
#include "wire/fields/service.h"

namespace swarmward::wire {

template <>
struct Words<model::IngressMode> {
  using E = model::IngressMode;
  static constexpr LetterCase kCase = LetterCase::Exact;
  static constexpr std::array kTable{
      Word<E>{E::Snat, "snat"}, Word<E>{E::Preserve, "preserve"}, Word<E>{E::Local, "local"}};
  static std::optional<Error> unknown(std::string_view word) {
    return invalid_argument("unknown mode of a published port: " + go_quote(word));
  }
};

template <class A>
void describe(A& a, Ref<A, model::PlannedPeer> peer) {
  a.keep("Address", peer.address);
  a.keep("Host", peer.host);
  a.omit("Via", peer.via);
}

template <class A>
void describe(A& a, Ref<A, model::PlannedVip> vip) {
  a.keep("Address", vip.address);
  a.omit("Backends", vip.backends);
}

template <class A>
void describe(A& a, Ref<A, model::PlannedName> name) {
  a.keep("Name", name.name);
  a.omit("Addresses", name.addresses);
}

template <class A>
void describe(A& a, Ref<A, model::PlannedNetwork> network) {
  a.keep("ID", network.id);
  a.keep("Name", network.name);
  a.keep("VNI", network.vni);
  a.keep("Subnet", network.subnet);
  a.omit("MoreSubnets", network.more_subnets);
  a.keep("NodeAddress", network.node_address);
  a.keep("MTU", network.mtu);
  a.omit("Internal", network.internal);
  a.omit("Encrypted", network.encrypted);
  a.omit("Local", network.local);
  a.omit("OwnServers", network.own_servers);
  a.omit("Peers", network.peers);
  a.omit("VIPs", network.vips);
  a.omit("Names", network.names);
  a.omit("Reverse", network.reverse);
}

template <class A>
void describe(A& a, Ref<A, model::SharedNetwork> network) {
  if constexpr (A::kReading) {
    network.change([&](model::PlannedNetwork& value) { describe(a, value); });
  } else {
    describe(a, *network);
  }
}

template <class A>
void describe(A& a, Ref<A, model::PlannedPort> port) {
  a.keep("PublishedPort", port.published_port);
  a.keep("TargetPort", port.target_port);
  a.keep("Protocol", port.protocol);
  a.omit("Backends", port.backends);
  a.keep("Mode", port.mode);
  a.omit("At", port.at);
}

template <class A>
void describe(A& a, Ref<A, model::NetworkPlan> plan) {
  a.omit("Networks", plan.networks);
  a.omit("Ingress", plan.ingress);
  a.omit("Ports", plan.ports);
  a.keep("DataPathPort", plan.data_path_port);
  a.omit("Host", plan.host);
  a.omit("Keys", plan.keys);
}

}  // namespace swarmward::wire
