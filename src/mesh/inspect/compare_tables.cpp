#include <algorithm>

#include <fmt/format.h>

#include "mesh/inspect/compare.h"
#include "mesh/render/ingress_rules.h"
#include "mesh/render/vip_rules.h"

namespace swarmward::mesh {
namespace {

constexpr char const* kFlushed =
    "somebody flushed or changed the firewall (nft flush ruleset, a firewall that was started "
    "anew)";
/// The map from a key and an index to a backend; its indexes depend on what was there before.
constexpr char const* kBackends = "backends";

std::string called(KeyNames const& names, std::string const& key) {
  auto const found = names.find(key);
  return found == names.end() ? key : found->second;
}

std::vector<std::string> those_without(std::vector<std::string> all,
                                       std::vector<std::string> without) {
  std::vector<std::string> left;
  std::ranges::sort(all);
  std::ranges::sort(without);
  std::ranges::set_difference(all, without, std::back_inserter(left));
  return left;
}

void compare_chains(TableComparison const& wanted,
                    TableContents const& must,
                    TableContents const& has,
                    Findings& findings) {
  std::vector<std::string> wrong;
  for (auto const& [chain, rules] : must.chains) {
    auto const found = has.chains.find(chain);
    if (found == has.chains.end()) {
      wrong.push_back(fmt::format("{} is missing", chain));
    } else if (found->second != rules) {
      wrong.push_back(fmt::format("{} has {} rules instead of {}", chain, found->second, rules));
    }
  }
  findings.looked(must.chains.size());
  if (!wrong.empty()) {
    findings.add(
        "table.chains",
        fmt::format("table {}: chain {}, so {} fail", wanted.table, listed(wrong), wanted.purpose),
        kFlushed);
  }
}

void compare_backends(TableComparison const& wanted,
                      std::set<std::string> const& must,
                      std::set<std::string> const& has,
                      Findings& findings) {
  auto const wanted_targets = targets_by_key(must);
  auto const seen_targets = targets_by_key(has);
  for (auto const& [key, targets] : wanted_targets) {
    auto const found = seen_targets.find(key);
    auto const there = found == seen_targets.end() ? std::vector<std::string>() : found->second;
    findings.looked(targets.size());
    if (auto const missing = those_without(targets, there); !missing.empty()) {
      findings.add("backend.missing",
                   fmt::format("table {}: {} does not lead to {}",
                               wanted.table,
                               called(wanted.names, key),
                               listed(missing)),
                   "tasks came a moment ago, or somebody changed the table");
    }
    if (auto const extra = those_without(there, targets); !extra.empty()) {
      findings.add("backend.extra",
                   fmt::format("table {}: {} leads to {}, where no task serves it",
                               wanted.table,
                               called(wanted.names, key),
                               listed(extra)),
                   "tasks went a moment ago, or somebody changed the table");
    }
  }
}

/// All other sets: equal texts.
void compare_set(TableComparison const& wanted,
                 std::string const& set,
                 std::set<std::string> const& must,
                 std::set<std::string> const& has,
                 Findings& findings) {
  std::vector<std::string> missing;
  std::vector<std::string> extra;
  std::ranges::set_difference(must, has, std::back_inserter(missing));
  std::ranges::set_difference(has, must, std::back_inserter(extra));
  findings.looked(must.size());
  auto const name_all = [&](std::vector<std::string> elements) {
    for (auto& element : elements) {
      auto const key = element.substr(0, element.find(" : "));
      element = called(wanted.names, key) + element.substr(key.size());
    }
    return listed(elements);
  };
  if (!missing.empty()) {
    findings.add("element.missing",
                 fmt::format("table {}: {} lacks {}", wanted.table, set, name_all(missing)),
                 "the plan has just changed, or somebody changed the table");
  }
  if (!extra.empty()) {
    findings.add(
        "element.extra",
        fmt::format(
            "table {}: {} has {}, which nobody planned", wanted.table, set, name_all(extra)),
        "the plan has just changed, or somebody changed the table");
  }
}

KeyNames vip_names(model::PlannedNetwork const& network) {
  KeyNames names;
  for (auto const& [name, addresses] : network.reverse) {
    for (auto const& address : addresses) {
      names[address] = fmt::format("{} ({})", address, name);
    }
  }
  return names;
}

}  // namespace

void compare_table(TableComparison const& wanted, ObservedTable const& seen, Findings& findings) {
  if (!seen && seen.error().code == ErrorCode::NotImplemented) {
    return;
  }
  findings.looked();
  if (!seen) {
    bool const missing = seen.error().code == ErrorCode::NotFound;
    findings.add(missing ? "table.missing" : "table.unreadable",
                 missing
                     ? fmt::format("table {} is missing, so {} fail", wanted.table, wanted.purpose)
                     : fmt::format("table {}: {}", wanted.table, seen.error().message),
                 missing ? kFlushed : "the kernel's nftables cannot be read");
    return;
  }
  auto const must = rendered_contents(wanted.commands, wanted.table);
  compare_chains(wanted, must, *seen, findings);
  for (auto const& [set, elements] : must.sets) {
    auto const found = seen->sets.find(set);
    static std::set<std::string> const kNone;
    auto const& has = found == seen->sets.end() ? kNone : found->second;
    if (set == kBackends) {
      compare_backends(wanted, elements, has, findings);
    } else {
      compare_set(wanted, set, elements, has, findings);
    }
  }
}

void compare_vips(model::PlannedNetwork const& network,
                  ObservedOverlay const& seen,
                  Findings& findings) {
  bool const filter = seen.settings.contains("net/bridge/bridge-nf-call-iptables");
  findings.looked();
  if (!filter) {
    findings.note("br-netfilter",
                  "the kernel has no br_netfilter: behind virtual addresses tasks see the node's "
                  "address instead of the client's",
                  "the module is not loaded",
                  "modprobe br_netfilter, and a line br_netfilter in /etc/modules-load.d/ for the "
                  "next start of the host");
  }
  auto const rules = plan_vip_rules(network, filter ? VipSource::Client : VipSource::Node, nullptr);
  compare_table({.table = kVipTable,
                 .commands = render_vip_table(rules),
                 .purpose = "connections to virtual addresses",
                 .names = vip_names(network)},
                seen.vips,
                findings);
}

}  // namespace swarmward::mesh
