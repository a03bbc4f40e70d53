#include "mesh/apply/owned_tables.h"

#include <functional>
#include <string_view>
#include <utility>

#include <fmt/format.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>

#include "mesh/apply/netlink.h"
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

std::uint32_t generation_of(NetNamespace const& net) {
  auto netlink = Netlink::open(net, NETLINK_NETFILTER);
  return netlink ? read_generation(*netlink) : 0;
}

}  // namespace

bool has_nftables(NetNamespace const& net) {
  return generation_of(net) != 0;
}

OwnedTables::OwnedTables(NetNamespace const& net, std::vector<std::string> tables)
    : net_(net), tables_(std::move(tables)) {}

Result<void> OwnedTables::run(std::string const& commands) {
  if (commands.empty()) {
    return {};
  }
  if (!commands.starts_with("add table ") && !intact()) {
    return changed_by_others();
  }
  return write(commands);
}

Result<void> OwnedTables::run(StagedChange const& change) {
  if (change == StagedChange()) {
    return {};
  }
  if (!change.add.starts_with("add table ") && !intact()) {
    return changed_by_others();
  }
  for (auto const* commands : {&change.add, &change.turn, &change.remove}) {
    if (auto done = write(*commands); !done) {
      return done;
    }
  }
  return {};
}

Result<void> OwnedTables::write(std::string const& commands) {
  if (commands.empty()) {
    return {};
  }
  if (auto done = apply_rules(net_, commands); !done) {
    return done;
  }
  if (alters_structure(commands)) {
    seen_ = listing();
  }
  generation_ = generation_of(net_);
  elements_.reset();
  if (commands.starts_with("add table ") || count_ <= kFewElements) {
    auto const all = elements();
    if (generation_of(net_) == generation_) {  // Else it may be that others' work was read.
      elements_ = all;
    }
  }
  return {};
}

bool OwnedTables::intact() {
  if (seen_.empty()) {
    return false;
  }
  auto const now = generation_of(net_);
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
  auto netlink = Netlink::open(net_, NETLINK_NETFILTER);
  ElementSum all;
  if (netlink) {
    for (auto const& table : tables_) {
      for (auto const& set : set_names(*netlink, table)) {
        add_elements(*netlink, table, set, all);
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
  return apply_rules(net_, commands);
}

std::string OwnedTables::listing() const {
  auto netlink = Netlink::open(net_, NETLINK_NETFILTER);
  if (!netlink) {
    return {};
  }
  std::string all;
  for (auto const& table : tables_) {
    auto const one = list_table(*netlink, table);
    if (one.empty()) {
      return {};
    }
    all += one;
  }
  return all;
}

}  // namespace swarmward::mesh
