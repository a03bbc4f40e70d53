#include "mesh/apply/member_wires.h"

#include <algorithm>

#include "mesh/apply/links.h"
#include "mesh/apply/overlay.h"
#include "mesh/device_name.h"

namespace swarmward::mesh {

namespace {

constexpr char const* kPortPrefix = "mv";

/// The end of a member's wire that the engine takes; the other one is a port of the bridge.
std::string member_name(std::string const& endpoint) {
  return device_name("mc", endpoint);
}

bool is_port(Link const& link) {
  return link.name.starts_with(kPortPrefix);
}

Result<void> plug_in(Netlink& inner, int port, int bridge) {
  if (auto in = change_link(inner, port, {.master = bridge, .up = true}); !in) {
    return in;
  }
  return set_hairpin(inner, port);
}

}  // namespace

Result<void> plug_in_members(Netlink& inner, int bridge) {
  auto const links = list_links(inner);
  if (!links) {
    return links.error();
  }
  for (auto const& link : *links) {
    if (is_port(link) && (link.master != bridge || !link.up)) {
      if (auto in = plug_in(inner, link.index, bridge); !in) {
        return in;
      }
    }
  }
  return {};
}

Result<std::string> attach_member(NetNamespace const& home, MemberWire const& wire) {
  if (auto const gone = detach_member(home, wire.endpoint); !gone) {
    return gone.error();
  }
  auto host = Netlink::open();
  auto inner = Netlink::open(home);
  if (!host || !inner) {
    return !host ? host.error() : inner.error();
  }
  VethSpec const pair{.name = member_name(wire.endpoint),
                      .peer = port_of_member(wire.endpoint),
                      .mtu = wire.mtu,
                      .mac = wire.mac};
  if (auto const made = make_veth(*host, home, pair); !made) {
    return made.error();
  }
  auto const plugged = [&]() -> Result<void> {
    auto const port = get_link(*inner, pair.peer);
    auto const bridge = get_link(*inner, kBridge);
    if (!port || !bridge) {
      return !port ? port.error() : bridge.error();
    }
    return plug_in(*inner, port->index, bridge->index);
  }();
  if (!plugged) {
    // The first error is the one to tell.
    static_cast<void>(remove_link(*host, pair.name));
    return plugged.error();
  }
  return pair.name;
}

Result<void> detach_member(NetNamespace const& home, std::string const& endpoint) {
  auto inner = Netlink::open(home);
  if (!inner) {
    return inner.error();
  }
  if (auto removed = remove_link(*inner, port_of_member(endpoint)); !removed) {
    return removed;
  }
  auto host = Netlink::open();
  if (!host) {
    return host.error();
  }
  return remove_link(*host, member_name(endpoint));
}

std::string port_of_member(std::string const& endpoint) {
  return device_name(kPortPrefix, endpoint);
}

Result<bool> is_attached(NetNamespace const& home, std::string const& endpoint) {
  auto inner = Netlink::open(home);
  if (!inner) {
    return inner.error();
  }
  auto const port = find_link(*inner, port_of_member(endpoint));
  if (!port) {
    return port.error();
  }
  return port->has_value();
}

Result<bool> has_running_members(NetNamespace const& home) {
  auto inner = Netlink::open(home);
  if (!inner) {
    return inner.error();
  }
  auto const links = list_links(*inner);
  if (!links) {
    return links.error();
  }
  return std::ranges::any_of(*links,
                             [](Link const& link) { return is_port(link) && link.carrier; });
}

}  // namespace swarmward::mesh
