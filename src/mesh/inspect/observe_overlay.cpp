#include <algorithm>

#include "mesh/apply/overlay.h"
#include "mesh/apply/sysctl.h"
#include "mesh/inspect/ask_names.h"
#include "mesh/inspect/observe.h"
#include "mesh/inspect/shared_look.h"

namespace swarmward::mesh {
namespace {

/// What a list was, or nothing where the kernel did not say: then everything counts as missing.
template <class T>
std::vector<T> or_nothing(Result<std::vector<T>> listed) {
  return listed ? std::move(*listed) : std::vector<T>();
}

int index_of(std::vector<Link> const& links, std::string const& name) {
  auto const found = std::ranges::find(links, name, &Link::name);
  return found == links.end() ? 0 : found->index;
}

void observe_ways(Netlink& inner, ObservedOverlay& seen) {
  if (auto const bridge = index_of(seen.links, kBridge); bridge != 0) {
    seen.bridge_addresses = or_nothing(list_addresses(inner, bridge));
    seen.bridge_neighbours = or_nothing(list_neighbours(inner, bridge));
  }
  if (auto const vxlan = index_of(seen.links, kVxlan); vxlan != 0) {
    seen.remote_macs = or_nothing(list_remote_macs(inner, vxlan));
    seen.port_macs = or_nothing(list_port_macs(inner, vxlan));
    seen.vxlan_neighbours = or_nothing(list_neighbours(inner, vxlan));
  }
}

std::vector<std::string> names_of(model::PlannedNetwork const& network) {
  std::vector<std::string> names;
  for (auto const& name : network.names) {
    names.push_back(name.name);
  }
  return names;
}

}  // namespace

std::map<std::string, std::string> observe_settings(NetNamespace const& net,
                                                    std::vector<KernelSetting> const& settings) {
  std::map<std::string, std::string> values;
  static_cast<void>(net.run([&]() -> Result<void> {
    for (auto const& [name, wanted] : settings) {
      if (auto const value = read_sysctl(name)) {
        values[name] = *value;
      }
    }
    return {};
  }));
  return values;
}

ObservedOverlay observe_overlay(std::filesystem::path const& file,
                                model::PlannedNetwork const& network,
                                ChosenBackend const& backend) {
  ObservedOverlay seen;
  seen.backend = backend.backend;
  auto const home = NetNamespace::open(file);
  if (!home) {
    seen.failure = home.error().message;
    return seen;
  }
  auto inner = Netlink::open(*home);
  if (!inner) {
    seen.failure = inner.error().message;
    return seen;
  }
  seen.links = or_nothing(list_links(*inner));
  observe_ways(*inner, seen);
  auto settings = overlay_settings();
  for (auto const& more : {welcome_overlay_settings(), ipvs_settings()}) {
    settings.insert(settings.end(), more.begin(), more.end());
  }
  seen.settings = observe_settings(*home, settings);
  auto const source =
      seen.settings.contains(kBridgedFramesSetting) ? VipSource::Client : VipSource::Node;
  seen.vips = make_shared_look(backend)->vips(*home, network, source);
  if (auto const server = parse_address(network.node_address)) {
    seen.names = ask_names(*home, *server, names_of(network));
  }
  return seen;
}

}  // namespace swarmward::mesh
