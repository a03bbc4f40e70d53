#include "mesh/apply/kept_routes.h"

#include "mesh/apply/links.h"
#include "mesh/apply/overlay.h"
#include "mesh/apply/routes.h"

namespace swarmward::mesh {
namespace {

/// Of the rules, after the one for packets to the host. Detours have a table of their own, which
/// everything is looked up in.
constexpr std::uint32_t kDetourPriority = 91;
constexpr std::uint32_t kDetourTable = 91;
constexpr std::uint32_t kEntryPriority = 92;

constexpr Subnet kAnywhere{};

Subnet only(Address address) {
  return {.base = address, .length = 32};
}

RoutingRule detour_rule() {
  return {.priority = kDetourPriority, .table = kDetourTable};
}

RoutingRule entry_rule(std::uint32_t mark) {
  return {.priority = kEntryPriority, .table = mark, .mark = mark};
}

/// The node is on the bridge's wire, and known there.
Route by_node(Subnet to, Address node, int bridge, std::uint32_t table) {
  return {.to = to, .via = node, .index = bridge, .table = table, .onlink = true};
}

Result<void> remove_other_detours(Netlink& netlink, KeptClients const& kept) {
  auto const routes = list_routes(netlink, kDetourTable);
  if (!routes) {
    return routes.error();
  }
  for (auto const& route : *routes) {
    if (!kept.detours.contains(route.to.base)) {
      if (auto removed = remove_route(netlink, route); !removed) {
        return removed;
      }
    }
  }
  return kept.detours.empty() ? remove_rule(netlink, detour_rule()) : Result<void>();
}

Result<void> remove_entry(Netlink& netlink, std::uint32_t mark) {
  if (auto removed = remove_rule(netlink, entry_rule(mark)); !removed) {
    return removed;
  }
  auto const routes = list_routes(netlink, mark);
  if (!routes) {
    return routes.error();
  }
  for (auto const& route : *routes) {
    if (auto removed = remove_route(netlink, route); !removed) {
      return removed;
    }
  }
  return {};
}

}  // namespace

Result<void> add_kept_routes(NetNamespace const& home, KeptClients const& kept) {
  if (kept.ports.empty()) {
    return {};
  }
  auto netlink = Netlink::open(home);
  if (!netlink) {
    return netlink.error();
  }
  auto const bridge = get_link(*netlink, kBridge);
  if (!bridge) {
    return bridge.error();
  }
  for (auto const& [task, node] : kept.detours) {
    if (auto put = put_route(*netlink, by_node(only(task), node, bridge->index, kDetourTable));
        !put) {
      return put;
    }
  }
  if (!kept.detours.empty()) {
    if (auto put = put_rule(*netlink, detour_rule()); !put) {
      return put;
    }
  }
  for (auto const node : kept.entries) {
    auto const mark = entry_mark(node);
    if (auto put = put_route(*netlink, by_node(kAnywhere, node, bridge->index, mark)); !put) {
      return put;
    }
    if (auto put = put_rule(*netlink, entry_rule(mark)); !put) {
      return put;
    }
  }
  return {};
}

Result<void> remove_other_kept_routes(NetNamespace const& home, KeptClients const& kept) {
  auto netlink = Netlink::open(home);
  if (!netlink) {
    return netlink.error();
  }
  std::set<std::uint32_t> wanted;
  for (auto const node : kept.entries) {
    wanted.insert(entry_mark(node));
  }
  auto const rules = list_rules(*netlink);
  if (!rules) {
    return rules.error();
  }
  for (auto const& rule : *rules) {
    if (rule.priority == kEntryPriority && rule.mark && !wanted.contains(*rule.mark)) {
      if (auto removed = remove_entry(*netlink, *rule.mark); !removed) {
        return removed;
      }
    }
  }
  return remove_other_detours(*netlink, kept);
}

}  // namespace swarmward::mesh
