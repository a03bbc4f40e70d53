#pragma once

#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace swarmward::mesh {

/// What a table of nftables holds, so far that two of them can be compared.
struct TableContents {
  std::map<std::string, std::size_t> chains;          ///< How many rules each has.
  std::map<std::string, std::set<std::string>> sets;  ///< Elements of sets and maps, as texts.
  bool operator==(TableContents const&) const = default;
};

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
