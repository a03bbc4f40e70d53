#include "mesh/apply/owned_tables.h"

#include <functional>
#include <string_view>
#include <utility>

#include <fmt/format.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>

#include "mesh/apply/nft.h"

namespace swarmward::mesh {
namespace {

/// Is any line something else than a command for elements of sets and maps?
bool alters_structure(std::string_view commands) {
  while (!commands.empty()) {
    if (!commands.starts_with("add element ") && !commands.starts_with("delete element ")) {
      return true;
    }
    auto const end = commands.find('\n');
    commands.remove_prefix(end == std::string_view::npos ? commands.size() : end + 1);
  }
  return false;
}

void append(std::string& listing, nlattr const* attribute) {
  auto const bytes = bytes_of(attribute);
  listing.append(bytes.begin(), bytes.end());
}

NetlinkMessage& start(NetlinkMessage& message, std::string_view table) {
  auto const space = table.find(' ');
  auto& about = message.fixed_part<nfgenmsg>();
  about.nfgen_family = table.substr(0, space) == "bridge" ? NFPROTO_BRIDGE : NFPROTO_IPV4;
  constexpr std::uint16_t kTable = 1;  // NFTA_RULE_TABLE and NFTA_SET_TABLE alike.
  message.put(kTable, table.substr(space + 1));
  return message;
}

constexpr std::uint16_t message_type(unsigned type) {
  return static_cast<std::uint16_t>(NFNL_SUBSYS_NFTABLES << 8U | type);
}

/// The rules of a table, byte for byte, and which sets it has; "" where it is missing. Straight
/// from the kernel: libnftables reads all elements of a table before it lists anything of it.
std::string list_table(Netlink& netlink, std::string_view table) {
  std::string listing;
  NetlinkMessage rules(message_type(NFT_MSG_GETRULE), 0);
  auto const read_rules =
      netlink.dump("listing rules", start(rules, table), [&](nlmsghdr const* rule) {
        NetlinkAttributes const about(rule, sizeof(nfgenmsg));
        append(listing, about.find(NFTA_RULE_CHAIN));
        append(listing, about.find(NFTA_RULE_HANDLE));
        append(listing, about.find(NFTA_RULE_EXPRESSIONS));
      });
  NetlinkMessage sets(message_type(NFT_MSG_GETSET), 0);
  auto const read_sets = netlink.dump("listing sets", start(sets, table), [&](nlmsghdr const* set) {
    NetlinkAttributes const about(set, sizeof(nfgenmsg));
    append(listing, about.find(NFTA_SET_NAME));
    append(listing, about.find(NFTA_SET_HANDLE));
  });
  return read_rules && read_sets ? listing : std::string();
}

std::vector<std::string> set_names(Netlink& netlink, std::string_view table) {
  std::vector<std::string> names;
  NetlinkMessage sets(message_type(NFT_MSG_GETSET), 0);
  static_cast<void>(netlink.dump("listing sets", start(sets, table), [&](nlmsghdr const* set) {
    names.push_back(text_of(NetlinkAttributes(set, sizeof(nfgenmsg)).find(NFTA_SET_NAME)));
  }));
  return names;
}

/// So many are read at once after each change; more of them take longer than the change.
constexpr std::size_t kFewElements = 2000;

struct ElementSum {
  std::uint64_t sum = 0;
  std::size_t count = 0;
};

Error changed_by_others() {
  return unavailable("somebody else changed these tables of nftables");
}

/// Equal elements have equal sums, in whatever order the kernel tells them.
void add_elements(Netlink& netlink,
                  std::string_view table,
                  std::string const& set,
                  ElementSum& total) {
  NetlinkMessage message(message_type(NFT_MSG_GETSETELEM), 0);
  start(message, table).put(NFTA_SET_ELEM_LIST_SET, std::string_view(set));
  static_cast<void>(netlink.dump("listing elements", message, [&](nlmsghdr const* part) {
    auto const* const list =
        NetlinkAttributes(part, sizeof(nfgenmsg)).find(NFTA_SET_ELEM_LIST_ELEMENTS);
    if (list == nullptr) {
      return;
    }
    auto const all = bytes_of(list);
    auto const* element = reinterpret_cast<nlattr const*>(all.data());
    auto const* const end = all.data() + all.size();
    while (mnl_attr_ok(element,
                       static_cast<int>(end - reinterpret_cast<std::uint8_t const*>(element)))) {
      auto const bytes = bytes_of(element);
      total.sum += std::hash<std::string_view>{}(
          {reinterpret_cast<char const*>(bytes.data()), bytes.size()});
      ++total.count;
      element = mnl_attr_next(element);
    }
  }));
  total.sum += std::hash<std::string>{}(set);
}

/// 0 where it cannot be told.
std::uint32_t read_generation(Netlink& netlink) {
  std::uint32_t generation = 0;
  NetlinkMessage message(message_type(NFT_MSG_GETGEN), 0);
  message.fixed_part<nfgenmsg>();
  static_cast<void>(netlink.ask("reading the generation", message, [&](nlmsghdr const* part) {
    generation = NetlinkAttributes(part, sizeof(nfgenmsg)).number(NFTA_GEN_ID).value_or(0);
  }));
  return generation;
}

}  // namespace

bool has_nftables(NetNamespace const& net) {
  auto netlink = Netlink::open(net, NETLINK_NETFILTER);
  return netlink && read_generation(*netlink) != 0;
}

OwnedTables::OwnedTables(NetNamespace const& net, std::vector<std::string> tables)
    : net_(net), tables_(std::move(tables)) {}

Result<void> OwnedTables::run(std::string const& commands) {
  if (commands.empty()) {
    return {};
  }
  return run(StagedChange{.add = {}, .turn = commands, .remove = {}});
}

Result<void> OwnedTables::run(StagedChange const& change) {
  if (change == StagedChange()) {
    return {};
  }
  bool const anew = change.add.starts_with("add table ") || change.turn.starts_with("add table ");
  if (!anew && !untouched() && !intact()) {
    return changed_by_others();
  }
  if (auto done = apply_rules(net_, {change.add, change.turn, change.remove}); !done) {
    return done;
  }
  if (alters_structure(change.add) || alters_structure(change.turn) ||
      alters_structure(change.remove)) {
    seen_ = listing();
  }
  generation_ = generation();
  elements_.reset();
  if (anew || count_ <= kFewElements) {
    auto const all = elements();
    if (generation() == generation_) {  // Else it may be that others' work was read.
      elements_ = all;
    }
  }
  return {};
}

Netlink* OwnedTables::netlink() {
  if (!netlink_) {
    auto opened = Netlink::open(net_, NETLINK_NETFILTER);
    if (!opened) {
      return nullptr;
    }
    netlink_ = std::move(*opened);
  }
  return &*netlink_;
}

std::uint32_t OwnedTables::generation() {
  auto* const kernel = netlink();
  auto const number = kernel == nullptr ? 0 : read_generation(*kernel);
  if (number == 0) {
    netlink_.reset();
  }
  return number;
}

/// Has nobody changed any rules of the namespace since our last change?
bool OwnedTables::untouched() {
  return !seen_.empty() && generation_ != 0 && generation() == generation_;
}

bool OwnedTables::intact() {
  if (seen_.empty()) {
    return false;
  }
  auto const now = generation();
  bool const untouched = now != 0 && now == generation_;
  if (untouched && elements_) {
    return true;
  }
  // What was touched before it was read is not known to be right.
  if (!untouched && (!elements_ || listing() != seen_)) {
    return false;
  }
  auto const all = elements();
  if (!untouched && *elements_ != all) {
    return false;
  }
  generation_ = now;
  elements_ = all;
  return true;
}

std::uint64_t OwnedTables::elements() {
  ElementSum all;
  if (auto* const kernel = netlink()) {
    for (auto const& table : tables_) {
      for (auto const& set : set_names(*kernel, table)) {
        add_elements(*kernel, table, set, all);
      }
    }
  }
  count_ = all.count;
  return all.sum;
}

Result<void> OwnedTables::remove() {
  std::string commands;
  for (auto const& table : tables_) {
    // A table that is added first can be deleted in any case.
    commands += fmt::format("add table {0}\ndelete table {0}\n", table);
  }
  seen_.clear();
  netlink_.reset();
  return apply_rules(net_, {commands});
}

std::string OwnedTables::listing() {
  auto* const kernel = netlink();
  if (kernel == nullptr) {
    return {};
  }
  std::string all;
  for (auto const& table : tables_) {
    auto const one = list_table(*kernel, table);
    if (one.empty()) {
      return {};
    }
    all += one;
  }
  return all;
}

}  // namespace swarmward::mesh
