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

}  // namespace

Result<void> apply_peers(NetNamespace const& home, std::vector<OverlayPeer> const& peers) {
  auto inner = Netlink::open(home);
  if (!inner) {
    return inner.error();
  }
  auto const bridge = get_link(*inner, kBridge);
  auto const vxlan = get_link(*inner, kVxlan);
  if (!bridge || !vxlan) {
    return !bridge ? bridge.error() : vxlan.error();
  }
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
  for (auto const& done : {apply_remote_macs(*inner, vxlan->index, remote),
                           apply_port_macs(*inner, vxlan->index, macs),
                           apply_neighbours(*inner, vxlan->index, neighbours),
                           apply_neighbours(*inner, bridge->index, neighbours)}) {
    if (!done) {
      return done;
    }
  }
  return {};
}

}  // namespace swarmward::mesh
