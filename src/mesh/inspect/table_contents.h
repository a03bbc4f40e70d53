#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace swarmward::mesh {

/// What shares connections in one place, so far that what must be there and what is can be
/// compared: a table of nftables, or what chains of iptables or lists of IPVS come to, in the same
/// words.
struct TableContents {
  std::map<std::string, std::size_t> chains;          ///< How many rules each has.
  std::map<std::string, std::set<std::string>> sets;  ///< Elements of sets and maps, as texts.
  /// Rules by chain, where the kernel tells them in words that can be compared. Not of nftables.
  std::map<std::string, std::vector<std::string>> rules;
  /// What sets say of a chain in `rules`: the name of the set, or the key whose backends are in it.
  std::map<std::string, std::string> told_by;
  /// Of "KEY : TARGET" in `backends`. Only of IPVS; 0: it keeps its connections, and gets no more.
  std::map<std::string, std::uint32_t> weights;
  bool operator==(TableContents const&) const = default;
};

/// The map from a key and an index to a backend; its indexes depend on what was there before.
inline constexpr char const* kBackends = "backends";

/// Pure: what a table ("ip ward_vip") holds once these commands, which make it anew, have run.
/// Reads what render/ writes, and no more of nft's language.
[[nodiscard]] TableContents rendered_contents(std::string_view commands, std::string_view table);

/// Pure: what libnftables says of a table, as JSON. Errors: InvalidArgument.
[[nodiscard]] Result<TableContents> listed_contents(std::string_view json);

/// Pure: where a key's connections go, from a map of "KEY . INDEX : TARGET"; in the order of the
/// indexes.
[[nodiscard]] std::map<std::string, std::vector<std::string>> targets_by_key(
    std::set<std::string> const& elements);

}  // namespace swarmward::mesh
