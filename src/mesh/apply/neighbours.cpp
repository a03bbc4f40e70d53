#include "mesh/apply/neighbours.h"

#include <algorithm>

#include <arpa/inet.h>
#include <linux/neighbour.h>
#include <linux/rtnetlink.h>

namespace swarmward::mesh {

namespace {

struct Entry {
  unsigned char family = AF_INET;
  int index = 0;
  unsigned state = 0;
  unsigned flags = 0;
};

ndmsg& head(NetlinkMessage& message, Entry const& entry) {
  auto& about = message.fixed_part<ndmsg>();
  about.ndm_family = entry.family;
  about.ndm_ifindex = entry.index;
  about.ndm_state = static_cast<std::uint16_t>(entry.state);
  about.ndm_flags = static_cast<std::uint8_t>(entry.flags);
  return about;
}

void put_mac(NetlinkMessage& message, Mac const& mac) {
  message.put_bytes(NDA_LLADDR, mac.bytes.data(), mac.bytes.size());
}

Result<void> unless_missing(Result<void> const& removed) {
  if (!removed && removed.error().code != ErrorCode::NotFound) {
    return removed;
  }
  return {};
}

/// A message of a list, read.
struct Told {
  ndmsg const* about;
  std::optional<Mac> mac;
  std::optional<Address> destination;
  bool has_master;
  bool has_vlan;
};

Told read_neighbour(nlmsghdr const* part) {
  NetlinkAttributes const attributes(part, sizeof(ndmsg));
  Told told{.about = static_cast<ndmsg const*>(mnl_nlmsg_get_payload(part)),
            .mac = std::nullopt,
            .destination = std::nullopt,
            .has_master = attributes.find(NDA_MASTER) != nullptr,
            .has_vlan = attributes.find(NDA_VLAN) != nullptr};
  if (auto const bytes = bytes_of(attributes.find(NDA_LLADDR)); bytes.size() == 6) {
    std::copy(bytes.begin(), bytes.end(), told.mac.emplace().bytes.begin());
  }
  if (auto const address = attributes.number(NDA_DST)) {
    told.destination = Address{ntohl(*address)};
  }
  return told;
}

Result<void> list(Netlink& netlink,
                  unsigned char family,
                  int index,
                  std::function<void(Told const&)> const& each) {
  NetlinkMessage message(RTM_GETNEIGH, 0);
  head(message, {.family = family});
  return netlink.dump("listing neighbours", message, [&](nlmsghdr const* part) {
    if (auto const told = read_neighbour(part); told.about->ndm_ifindex == index && told.mac) {
      each(told);
    }
  });
}

}  // namespace

Result<std::vector<Neighbour>> list_neighbours(Netlink& netlink, int index) {
  std::vector<Neighbour> found;
  auto const listed = list(netlink, AF_INET, index, [&](Told const& told) {
    if ((told.about->ndm_state & NUD_PERMANENT) != 0 && told.destination) {
      found.push_back({.address = *told.destination, .mac = *told.mac});
    }
  });
  if (!listed) {
    return listed.error();
  }
  return found;
}

Result<void> put_neighbour(Netlink& netlink, int index, Neighbour const& neighbour) {
  NetlinkMessage message(RTM_NEWNEIGH, NLM_F_CREATE | NLM_F_REPLACE);
  head(message, {.index = index, .state = NUD_PERMANENT});
  message.put(NDA_DST, htonl(neighbour.address.value));
  put_mac(message, neighbour.mac);
  return netlink.request("adding the neighbour " + to_text(neighbour.address), message);
}

Result<void> remove_neighbour(Netlink& netlink, int index, Address address) {
  NetlinkMessage message(RTM_DELNEIGH, 0);
  head(message, {.index = index});
  message.put(NDA_DST, htonl(address.value));
  return unless_missing(netlink.request("removing the neighbour " + to_text(address), message));
}

Result<std::vector<RemoteMac>> list_remote_macs(Netlink& netlink, int vxlan) {
  std::vector<RemoteMac> found;
  auto const listed = list(netlink, AF_BRIDGE, vxlan, [&](Told const& told) {
    if ((told.about->ndm_flags & NTF_SELF) != 0 && told.destination) {
      found.push_back({.mac = *told.mac, .host = *told.destination});
    }
  });
  if (!listed) {
    return listed.error();
  }
  return found;
}

Result<void> put_remote_mac(Netlink& netlink, int vxlan, RemoteMac const& entry) {
  NetlinkMessage message(RTM_NEWNEIGH, NLM_F_CREATE | NLM_F_REPLACE);
  head(
      message,
      {.family = AF_BRIDGE, .index = vxlan, .state = NUD_PERMANENT | NUD_NOARP, .flags = NTF_SELF});
  put_mac(message, entry.mac);
  message.put(NDA_DST, htonl(entry.host.value));
  return netlink.request("adding the host of " + to_text(entry.mac), message);
}

Result<void> remove_remote_mac(Netlink& netlink, int vxlan, RemoteMac const& entry) {
  NetlinkMessage message(RTM_DELNEIGH, 0);
  head(message, {.family = AF_BRIDGE, .index = vxlan, .flags = NTF_SELF});
  put_mac(message, entry.mac);
  message.put(NDA_DST, htonl(entry.host.value));
  return unless_missing(netlink.request("removing the host of " + to_text(entry.mac), message));
}

Result<std::vector<Mac>> list_port_macs(Netlink& netlink, int port) {
  std::vector<Mac> found;
  auto const listed = list(netlink, AF_BRIDGE, port, [&](Told const& told) {
    // Permanent ones are the port's own; those without NOARP the bridge has learned.
    // Kernels with VLANs have each once more, for the bridge's own.
    if (told.has_master && !told.has_vlan && (told.about->ndm_state & NUD_PERMANENT) == 0 &&
        (told.about->ndm_state & NUD_NOARP) != 0) {
      found.push_back(*told.mac);
    }
  });
  if (!listed) {
    return listed.error();
  }
  return found;
}

Result<void> put_port_mac(Netlink& netlink, int port, Mac const& mac) {
  NetlinkMessage message(RTM_NEWNEIGH, NLM_F_CREATE | NLM_F_REPLACE);
  head(message,
       {.family = AF_BRIDGE,
        .index = port,
        .state = NUD_NOARP | NUD_REACHABLE,
        .flags = NTF_MASTER});
  put_mac(message, mac);
  return netlink.request("adding " + to_text(mac) + " to a port", message);
}

Result<void> remove_port_mac(Netlink& netlink, int port, Mac const& mac) {
  NetlinkMessage message(RTM_DELNEIGH, 0);
  head(message, {.family = AF_BRIDGE, .index = port, .flags = NTF_MASTER});
  put_mac(message, mac);
  return unless_missing(netlink.request("removing " + to_text(mac) + " from a port", message));
}

}  // namespace swarmward::mesh
