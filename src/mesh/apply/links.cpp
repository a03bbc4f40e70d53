#include "mesh/apply/links.h"

#include <algorithm>

#include <arpa/inet.h>
#include <linux/if_bridge.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <linux/veth.h>
#include <net/if.h>

namespace swarmward::mesh {

namespace {

std::string about(std::string_view what, std::string_view name) {
  return std::string(what) + " " + std::string(name);
}

void put_fd(NetlinkMessage& message, NetNamespace const& where) {
  message.put(IFLA_NET_NS_FD, static_cast<std::uint32_t>(where.fd()));
}

/// The head of a message about one device, known by its index.
ifinfomsg& about_index(NetlinkMessage& message, int index, unsigned char family) {
  auto& about = message.fixed_part<ifinfomsg>();
  about.ifi_family = family;
  about.ifi_index = index;
  return about;
}

void read_vxlan(Link& link, NetlinkAttributes const& attributes, nlattr const* data) {
  link.vni = number_of(attributes.find_inside(data, IFLA_VXLAN_ID));
  if (auto const port = bytes_of(attributes.find_inside(data, IFLA_VXLAN_PORT)); port.size() == 2) {
    link.port = static_cast<std::uint16_t>(port[0] << 8U | port[1]);
  }
  if (auto const local = number_of(attributes.find_inside(data, IFLA_VXLAN_LOCAL))) {
    link.local = Address{ntohl(*local)};
  }
}

Link read_link(nlmsghdr const* message) {
  auto const* const info = static_cast<ifinfomsg const*>(mnl_nlmsg_get_payload(message));
  NetlinkAttributes const attributes(message, sizeof(ifinfomsg));
  Link link;
  link.index = info->ifi_index;
  link.up = (info->ifi_flags & IFF_UP) != 0;
  link.carrier = (info->ifi_flags & IFF_RUNNING) != 0;
  link.name = text_of(attributes.find(IFLA_IFNAME));
  link.mtu = attributes.number(IFLA_MTU).value_or(0);
  link.master = static_cast<int>(attributes.number(IFLA_MASTER).value_or(0));
  if (auto const mac = bytes_of(attributes.find(IFLA_ADDRESS)); mac.size() == 6) {
    std::copy(mac.begin(), mac.end(), link.mac.bytes.begin());
  }
  auto const* const about = attributes.find(IFLA_LINKINFO);
  link.kind = text_of(attributes.find_inside(about, IFLA_INFO_KIND));
  if (link.kind == "vxlan") {
    read_vxlan(link, attributes, attributes.find_inside(about, IFLA_INFO_DATA));
  }
  return link;
}

}  // namespace

Result<std::vector<Link>> list_links(Netlink& netlink) {
  NetlinkMessage message(RTM_GETLINK, 0);
  message.fixed_part<ifinfomsg>();
  std::vector<Link> links;
  auto const read = netlink.dump(
      "listing devices", message, [&](nlmsghdr const* part) { links.push_back(read_link(part)); });
  if (!read) {
    return read.error();
  }
  return links;
}

Result<std::optional<Link>> find_link(Netlink& netlink, std::string_view name) {
  NetlinkMessage message(RTM_GETLINK, 0);
  message.fixed_part<ifinfomsg>();
  message.put(IFLA_IFNAME, name);
  std::optional<Link> found;
  auto const read = netlink.ask(about("looking for the device", name),
                                message,
                                [&](nlmsghdr const* part) { found = read_link(part); });
  if (!read && read.error().code != ErrorCode::NotFound) {
    return read.error();
  }
  return found;
}

Result<Link> get_link(Netlink& netlink, std::string_view name) {
  auto const found = find_link(netlink, name);
  if (!found) {
    return found.error();
  }
  if (!*found) {
    return not_found(about("no device", name));
  }
  return **found;
}

Result<void> make_bridge(Netlink& netlink, std::string_view name) {
  NetlinkMessage message(RTM_NEWLINK, NLM_F_CREATE | NLM_F_EXCL);
  message.fixed_part<ifinfomsg>();
  message.put(IFLA_IFNAME, name);
  message.nest(IFLA_LINKINFO, [&] {
    message.put(IFLA_INFO_KIND, "bridge");
    message.nest(IFLA_INFO_DATA, [&] {
      message.put(IFLA_BR_FORWARD_DELAY, std::uint32_t{0});
      message.put(IFLA_BR_MCAST_SNOOPING, std::uint8_t{0});
    });
  });
  return netlink.request(about("making the bridge", name), message);
}

Result<void> make_vxlan(Netlink& netlink, NetNamespace const& home, VxlanSpec const& spec) {
  NetlinkMessage message(RTM_NEWLINK, NLM_F_CREATE | NLM_F_EXCL);
  message.fixed_part<ifinfomsg>();
  message.put(IFLA_IFNAME, spec.name);
  put_fd(message, home);
  message.nest(IFLA_LINKINFO, [&] {
    message.put(IFLA_INFO_KIND, "vxlan");
    message.nest(IFLA_INFO_DATA, [&] {
      message.put(IFLA_VXLAN_ID, spec.vni);
      message.put(IFLA_VXLAN_PORT, htons(spec.port));
      message.put(IFLA_VXLAN_LEARNING, std::uint8_t{0});
      message.put(IFLA_VXLAN_PROXY, std::uint8_t{1});
      if (spec.local) {
        message.put(IFLA_VXLAN_LOCAL, htonl(spec.local->value));
      }
    });
  });
  auto const what =
      "making the vxlan device " + spec.name + " with VNI " + std::to_string(spec.vni);
  return netlink.request(what, message);
}

Result<void> make_veth(Netlink& netlink, NetNamespace const& peer_home, VethSpec const& spec) {
  NetlinkMessage message(RTM_NEWLINK, NLM_F_CREATE | NLM_F_EXCL);
  message.fixed_part<ifinfomsg>();
  message.put(IFLA_IFNAME, spec.name);
  message.put(IFLA_MTU, std::uint32_t{spec.mtu});
  if (spec.mac) {
    message.put_bytes(IFLA_ADDRESS, spec.mac->bytes.data(), spec.mac->bytes.size());
  }
  message.nest(IFLA_LINKINFO, [&] {
    message.put(IFLA_INFO_KIND, "veth");
    message.nest(IFLA_INFO_DATA, [&] {
      message.nest(VETH_INFO_PEER, [&] {
        message.fixed_part<ifinfomsg>();
        message.put(IFLA_IFNAME, spec.peer);
        message.put(IFLA_MTU, std::uint32_t{spec.mtu});
        put_fd(message, peer_home);
      });
    });
  });
  return netlink.request(about("making the pair of devices", spec.name), message);
}

Result<void> change_link(Netlink& netlink, int index, LinkChange const& change) {
  NetlinkMessage message(RTM_NEWLINK, 0);
  auto& about = about_index(message, index, AF_UNSPEC);
  if (change.up) {
    about.ifi_change = IFF_UP;
    about.ifi_flags = *change.up ? IFF_UP : 0;
  }
  if (change.name) {
    message.put(IFLA_IFNAME, *change.name);
  }
  if (change.mtu) {
    message.put(IFLA_MTU, std::uint32_t{*change.mtu});
  }
  if (change.mac) {
    message.put_bytes(IFLA_ADDRESS, change.mac->bytes.data(), change.mac->bytes.size());
  }
  if (change.master) {
    message.put(IFLA_MASTER, static_cast<std::uint32_t>(*change.master));
  }
  return netlink.request("changing a device", message);
}

Result<void> move_link(Netlink& netlink, int index, NetNamespace const& where) {
  NetlinkMessage message(RTM_NEWLINK, 0);
  about_index(message, index, AF_UNSPEC);
  put_fd(message, where);
  return netlink.request("moving a device to another namespace", message);
}

Result<void> set_hairpin(Netlink& netlink, int index) {
  NetlinkMessage message(RTM_SETLINK, 0);
  about_index(message, index, AF_BRIDGE);
  message.nest(IFLA_PROTINFO | NLA_F_NESTED,
               [&] { message.put(IFLA_BRPORT_MODE, std::uint8_t{1}); });
  return netlink.request("letting a port of a bridge answer itself", message);
}

Result<void> remove_link(Netlink& netlink, std::string_view name) {
  NetlinkMessage message(RTM_DELLINK, 0);
  message.fixed_part<ifinfomsg>();
  message.put(IFLA_IFNAME, name);
  auto const removed = netlink.request(about("removing the device", name), message);
  if (!removed && removed.error().code != ErrorCode::NotFound) {
    return removed;
  }
  return {};
}

}  // namespace swarmward::mesh
