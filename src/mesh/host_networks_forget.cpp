#include <algorithm>
#include <iterator>
#include <utility>

#include "base/log.h"
#include "mesh/apply/member_wires.h"
#include "mesh/host_networks.h"

namespace swarmward::mesh {

bool HostNetworks::is_expected(Present const& present, Address address) {
  auto const& local = present.planned->local;
  return !present.disputed.contains(address) &&
         std::ranges::find(local, to_text(address)) != local.end();
}

std::set<std::string> HostNetworks::without_wire(Which which) const {
  std::set<std::string> found;
  for (auto const& [id, endpoint] : state_.endpoints) {
    auto const* present = find_present(endpoint.network);
    if (present == nullptr ||
        (which == Which::Unexpected && is_expected(*present, endpoint.address))) {
      continue;
    }
    if (auto const attached = is_attached(present->home, id); attached && !*attached) {
      found.insert(id);
    }
  }
  return found;
}

Result<void> HostNetworks::forget_unplugged() {
  return forget(without_wire(Which::All));
}

Result<void> HostNetworks::forget_ended() {
  auto const before = std::exchange(ended_, without_wire(Which::Unexpected));
  std::set<std::string> gone;
  std::ranges::set_intersection(before, ended_, std::inserter(gone, gone.end()));
  return forget(gone);
}

Result<void> HostNetworks::forget(std::set<std::string> const& endpoints) {
  std::set<std::string> changed;
  for (auto const& id : endpoints) {
    auto const known = state_.endpoints.find(id);
    auto const& network = find_present(known->second.network)->planned->id;
    room_log("mesh")->info(
        "endpoint.forgotten network={} address={}", network, to_text(known->second.address));
    changed.insert(network);
    state_.endpoints.erase(known);
  }
  if (changed.empty()) {
    return {};
  }
  auto result = keep_state();
  for (auto const& network : changed) {
    if (auto refreshed = refresh_peers(network); result && !refreshed) {
      result = std::move(refreshed);
    }
  }
  return result;
}

}  // namespace swarmward::mesh
