#include "mesh/apply/routes.h"

#include <arpa/inet.h>
#include <linux/fib_rules.h>
#include <linux/rtnetlink.h>

namespace swarmward::mesh {

namespace {

void describe(NetlinkMessage& message, Route const& route) {
  auto& about = message.fixed_part<rtmsg>();
  about.rtm_family = AF_INET;
  about.rtm_dst_len = static_cast<std::uint8_t>(route.to.length);
  about.rtm_protocol = RTPROT_STATIC;
  about.rtm_type = RTN_UNICAST;
  about.rtm_scope = route.via ? RT_SCOPE_UNIVERSE : RT_SCOPE_LINK;
  about.rtm_flags = route.onlink ? RTNH_F_ONLINK : 0U;
  message.put(RTA_TABLE, route.table);
  if (route.to.length > 0) {
    message.put(RTA_DST, htonl(route.to.base.value));
  }
  if (route.via) {
    message.put(RTA_GATEWAY, htonl(route.via->value));
  }
  if (route.index != 0) {
    message.put(RTA_OIF, static_cast<std::uint32_t>(route.index));
  }
}

void describe(NetlinkMessage& message, RoutingRule const& rule) {
  auto& about = message.fixed_part<fib_rule_hdr>();
  about.family = AF_INET;
  about.action = FR_ACT_TO_TBL;
  message.put(FRA_PRIORITY, rule.priority);
  message.put(FRA_TABLE, rule.table);
  if (rule.mark) {
    message.put(FRA_FWMARK, *rule.mark);
  }
  if (rule.from) {
    about.src_len = static_cast<std::uint8_t>(rule.from->length);
    message.put(FRA_SRC, htonl(rule.from->base.value));
  }
}

Result<void> unless(ErrorCode harmless, Result<void> const& done) {
  if (!done && done.error().code != harmless) {
    return done;
  }
  return {};
}

}  // namespace

Result<void> put_route(Netlink& netlink, Route const& route) {
  NetlinkMessage message(RTM_NEWROUTE, NLM_F_CREATE | NLM_F_REPLACE);
  describe(message, route);
  return netlink.request("adding a route to " + to_text(route.to.base), message);
}

Result<void> remove_route(Netlink& netlink, Route const& route) {
  NetlinkMessage message(RTM_DELROUTE, 0);
  describe(message, route);
  auto const removed = netlink.request("removing the route to " + to_text(route.to.base), message);
  return unless(ErrorCode::NotFound, removed);
}

Result<std::vector<Route>> list_routes(Netlink& netlink, std::uint32_t table) {
  std::vector<Route> found;
  NetlinkMessage message(RTM_GETROUTE, 0);
  message.fixed_part<rtmsg>().rtm_family = AF_INET;
  auto const listed = netlink.dump("listing routes", message, [&](nlmsghdr const* part) {
    NetlinkAttributes const attributes(part, sizeof(rtmsg));
    auto const& about = *static_cast<rtmsg const*>(mnl_nlmsg_get_payload(part));
    if (about.rtm_type != RTN_UNICAST || attributes.number(RTA_TABLE) != table) {
      return;
    }
    Route route{.to = {.base = {ntohl(attributes.number(RTA_DST).value_or(0))},
                       .length = about.rtm_dst_len},
                .table = table};
    if (auto const via = attributes.number(RTA_GATEWAY)) {
      route.via = Address{ntohl(*via)};
    }
    route.index = static_cast<int>(attributes.number(RTA_OIF).value_or(0));
    route.onlink = (about.rtm_flags & RTNH_F_ONLINK) != 0;
    found.push_back(route);
  });
  if (!listed) {
    return listed.error();
  }
  return found;
}

Result<void> put_rule(Netlink& netlink, RoutingRule const& rule) {
  NetlinkMessage message(RTM_NEWRULE, NLM_F_CREATE | NLM_F_EXCL);
  describe(message, rule);
  return unless(ErrorCode::Conflict, netlink.request("adding a routing rule", message));
}

Result<void> remove_rule(Netlink& netlink, RoutingRule const& rule) {
  NetlinkMessage message(RTM_DELRULE, 0);
  describe(message, rule);
  return unless(ErrorCode::NotFound, netlink.request("removing a routing rule", message));
}

Result<std::vector<RoutingRule>> list_rules(Netlink& netlink) {
  std::vector<RoutingRule> found;
  NetlinkMessage message(RTM_GETRULE, 0);
  message.fixed_part<fib_rule_hdr>().family = AF_INET;
  auto const listed = netlink.dump("listing routing rules", message, [&](nlmsghdr const* part) {
    NetlinkAttributes const attributes(part, sizeof(fib_rule_hdr));
    auto const& about = *static_cast<fib_rule_hdr const*>(mnl_nlmsg_get_payload(part));
    RoutingRule rule{.priority = attributes.number(FRA_PRIORITY).value_or(0),
                     .table = attributes.number(FRA_TABLE).value_or(about.table),
                     .mark = attributes.number(FRA_FWMARK)};
    if (auto const from = attributes.number(FRA_SRC)) {
      rule.from = Subnet{.base = {ntohl(*from)}, .length = about.src_len};
    }
    found.push_back(rule);
  });
  if (!listed) {
    return listed.error();
  }
  return found;
}

}  // namespace swarmward::mesh
