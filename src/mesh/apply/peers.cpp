#include <functional>

#include "mesh/apply/links.h"
#include "mesh/apply/neighbours.h"
#include "mesh/apply/overlay.h"
#include "mesh/difference.h"

namespace swarmward::mesh {

namespace {

/// Removes and adds what the difference says. What fails is told after all the rest was done.
template <class T>
Result<void> apply_difference(Difference<T> const& change,
                              std::function<Result<void>(T const&)> const& remove,
                              std::function<Result<void>(T const&)> const& add) {
  Result<void> outcome;
  auto const note = [&](Result<void> const& done) {
    if (!done && outcome) {
      outcome = done;
    }
  };
  for (auto const& old : change.remove) {
    note(remove(old));
  }
  for (auto const& fresh : change.add) {
    note(add(fresh));
  }
  return outcome;
}

Result<void> apply_neighbours(Netlink& inner, int index, std::vector<Neighbour> const& wanted) {
  auto const there = list_neighbours(inner, index);
  if (!there) {
    return there.error();
  }
  return apply_difference<Neighbour>(
      difference(*there, wanted),
      [&](Neighbour const& old) { return remove_neighbour(inner, index, old.address); },
      [&](Neighbour const& fresh) { return put_neighbour(inner, index, fresh); });
}

Result<void> apply_remote_macs(Netlink& inner, int index, std::vector<RemoteMac> const& wanted) {
  auto const there = list_remote_macs(inner, index);
  if (!there) {
    return there.error();
  }
  return apply_difference<RemoteMac>(
      difference(*there, wanted),
      [&](RemoteMac const& old) { return remove_remote_mac(inner, index, old); },
      [&](RemoteMac const& fresh) { return put_remote_mac(inner, index, fresh); });
}

Result<void> apply_port_macs(Netlink& inner, int index, std::vector<Mac> const& wanted) {
  auto const there = list_port_macs(inner, index);
  if (!there) {
    return there.error();
  }
  return apply_difference<Mac>(
      difference(*there, wanted),
      [&](Mac const& old) { return remove_port_mac(inner, index, old); },
      [&](Mac const& fresh) { return put_port_mac(inner, index, fresh); });
}

/// Where one network's peers are told of.
struct PeerDevices {
  Netlink inner;
  int bridge;
  int vxlan;
};

Result<PeerDevices> open_devices(NetNamespace const& home) {
  auto inner = Netlink::open(home);
  if (!inner) {
    return inner.error();
  }
  auto const bridge = get_link(*inner, kBridge);
  auto const vxlan = get_link(*inner, kVxlan);
  if (!bridge || !vxlan) {
    return !bridge ? bridge.error() : vxlan.error();
  }
  return PeerDevices{std::move(*inner), bridge->index, vxlan->index};
}

Result<void> remove_peer(PeerDevices& devices, OverlayPeer const& peer) {
  auto const mac = mac_of(peer.address);
  for (auto const& done :
       {remove_neighbour(devices.inner, devices.bridge, peer.address),
        remove_neighbour(devices.inner, devices.vxlan, peer.address),
        remove_port_mac(devices.inner, devices.vxlan, mac),
        remove_remote_mac(devices.inner, devices.vxlan, {.mac = mac, .host = peer.host})}) {
    if (!done) {
      return done;
    }
  }
  return {};
}

Result<void> put_peer(PeerDevices& devices, OverlayPeer const& peer) {
  auto const mac = mac_of(peer.address);
  for (auto const& done :
       {put_remote_mac(devices.inner, devices.vxlan, {.mac = mac, .host = peer.host}),
        put_port_mac(devices.inner, devices.vxlan, mac),
        put_neighbour(devices.inner, devices.vxlan, {.address = peer.address, .mac = mac}),
        put_neighbour(devices.inner, devices.bridge, {.address = peer.address, .mac = mac})}) {
    if (!done) {
      return done;
    }
  }
  return {};
}

}  // namespace

Result<void> apply_peers(NetNamespace const& home, std::vector<OverlayPeer> const& peers) {
  auto devices = open_devices(home);
  if (!devices) {
    return devices.error();
  }
  auto& [inner, bridge, vxlan] = *devices;
  std::vector<RemoteMac> remote;
  std::vector<Mac> macs;
  std::vector<Neighbour> neighbours;
  for (auto const& peer : peers) {
    auto const mac = mac_of(peer.address);
    remote.push_back({.mac = mac, .host = peer.host});
    macs.push_back(mac);
    neighbours.push_back({.address = peer.address, .mac = mac});
  }
  // On the vxlan device for the members, whose questions it answers itself; on the bridge for what
  // the namespace sends.
  for (auto const& done : {apply_remote_macs(inner, vxlan, remote),
                           apply_port_macs(inner, vxlan, macs),
                           apply_neighbours(inner, vxlan, neighbours),
                           apply_neighbours(inner, bridge, neighbours)}) {
    if (!done) {
      return done;
    }
  }
  return {};
}

Result<void> change_peers(NetNamespace const& home, Difference<OverlayPeer> const& change) {
  auto devices = open_devices(home);
  if (!devices) {
    return devices.error();
  }
  // What goes first: one that has moved to another host keeps its address.
  for (auto const& peer : change.remove) {
    if (auto removed = remove_peer(*devices, peer); !removed) {
      return removed;
    }
  }
  for (auto const& peer : change.add) {
    if (auto put = put_peer(*devices, peer); !put) {
      return put;
    }
  }
  return {};
}

}  // namespace swarmward::mesh
