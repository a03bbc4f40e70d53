#include <algorithm>
#include <iterator>

#include "base/log.h"
#include "mesh/apply/member_wires.h"
#include "mesh/host_networks.h"

namespace swarmward::mesh {

Result<void> HostNetworks::forget_unplugged() {
  std::set<std::string> unplugged;
  for (auto const& [id, endpoint] : state_.endpoints) {
    auto const* present = find_present(endpoint.network);
    if (present == nullptr) {
      continue;
    }
    if (auto const attached = is_attached(present->home, id); attached && !*attached) {
      unplugged.insert(id);
    }
  }
  return forget(unplugged);
}

Result<void> HostNetworks::forget_moved() {
  std::set<std::string> unplugged;
  for (auto const& [id, endpoint] : state_.endpoints) {
    auto const* present = find_present(endpoint.network);
    if (present == nullptr || !present->disputed.contains(endpoint.address)) {
      continue;
    }
    if (auto const attached = is_attached(present->home, id); attached && !*attached) {
      unplugged.insert(id);
    }
  }
  std::set<std::string> gone;
  std::ranges::set_intersection(unplugged, moved_, std::inserter(gone, gone.end()));
  moved_ = std::move(unplugged);
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
