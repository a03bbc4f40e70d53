#include "mesh/apply/interface_addresses.h"

#include <algorithm>

#include <arpa/inet.h>
#include <linux/if_addr.h>
#include <linux/rtnetlink.h>

#include "mesh/apply/links.h"

namespace swarmward::mesh {

namespace {

void describe(NetlinkMessage& message, int index, InterfaceAddress const& address) {
  auto& about = message.fixed_part<ifaddrmsg>();
  about.ifa_family = AF_INET;
  about.ifa_prefixlen = static_cast<std::uint8_t>(address.length);
  about.ifa_index = static_cast<std::uint32_t>(index);
  auto const value = htonl(address.address.value);
  message.put(IFA_LOCAL, value);
  message.put(IFA_ADDRESS, value);
}

}  // namespace

Result<std::vector<InterfaceAddress>> list_addresses(Netlink& netlink, int index) {
  NetlinkMessage message(RTM_GETADDR, 0);
  message.fixed_part<ifaddrmsg>().ifa_family = AF_INET;
  std::vector<InterfaceAddress> found;
  auto const read = netlink.dump("listing addresses", message, [&](nlmsghdr const* part) {
    auto const* const about = static_cast<ifaddrmsg const*>(mnl_nlmsg_get_payload(part));
    auto const local = NetlinkAttributes(part, sizeof(ifaddrmsg)).number(IFA_LOCAL);
    if (about->ifa_index == static_cast<std::uint32_t>(index) && local) {
      found.push_back({.address = Address{ntohl(*local)}, .length = about->ifa_prefixlen});
    }
  });
  if (!read) {
    return read.error();
  }
  return found;
}

Result<void> add_address(Netlink& netlink, int index, InterfaceAddress const& address) {
  NetlinkMessage message(RTM_NEWADDR, NLM_F_CREATE | NLM_F_EXCL);
  describe(message, index, address);
  return netlink.request("adding the address " + to_text(address.address), message);
}

Result<void> remove_address(Netlink& netlink, int index, InterfaceAddress const& address) {
  NetlinkMessage message(RTM_DELADDR, 0);
  describe(message, index, address);
  return netlink.request("removing the address " + to_text(address.address), message);
}

Result<void> set_addresses(Netlink& netlink,
                           int index,
                           std::vector<InterfaceAddress> const& wanted) {
  auto const there = list_addresses(netlink, index);
  if (!there) {
    return there.error();
  }
  for (auto const& old : *there) {
    if (std::ranges::find(wanted, old) == wanted.end()) {
      // NotFound: it was a second address of a subnet, and went with the first.
      auto const removed = remove_address(netlink, index, old);
      if (!removed && removed.error().code != ErrorCode::NotFound) {
        return removed;
      }
    }
  }
  auto const left = list_addresses(netlink, index);
  if (!left) {
    return left.error();
  }
  for (auto const& address : wanted) {
    if (std::ranges::find(*left, address) == left->end()) {
      if (auto added = add_address(netlink, index, address); !added) {
        return added;
      }
    }
  }
  return {};
}

std::vector<Address> addresses_of(NetNamespace const& where, std::string const& interface) {
  std::vector<Address> found;
  auto netlink = Netlink::open(where);
  auto const link = netlink ? find_link(*netlink, interface) : netlink.error();
  if (!link || !*link) {
    return found;
  }
  if (auto const listed = list_addresses(*netlink, (*link)->index)) {
    for (auto const& one : *listed) {
      found.push_back(one.address);
    }
  }
  return found;
}

}  // namespace swarmward::mesh
