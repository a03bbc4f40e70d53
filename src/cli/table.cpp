#include "cli/table.h"

#include <algorithm>

namespace swarmward::cli {

namespace {

// Source: how the docker CLI sets up its writer of tables.
constexpr std::size_t kLeastWidth = 10;
constexpr std::size_t kGap = 3;

/// Characters, not bytes: continuation bytes of UTF-8 do not count.
std::size_t width_of(std::string const& text) {
  return static_cast<std::size_t>(std::ranges::count_if(
      text, [](char each) { return (static_cast<unsigned char>(each) & 0xC0U) != 0x80U; }));
}

}  // namespace

std::string Table::text(std::string const& indent) const {
  std::vector<std::size_t> widths(rows_.front().size(), kLeastWidth);
  for (auto const& row : rows_) {
    for (std::size_t at = 0; at < row.size(); ++at) {
      widths[at] = std::max(widths[at], width_of(row[at]) + kGap);
    }
  }
  std::string out;
  for (auto const& row : rows_) {
    out += indent;
    for (std::size_t at = 0; at < row.size(); ++at) {
      out += row[at];
      if (at + 1 < row.size()) {
        out.append(widths[at] - width_of(row[at]), ' ');
      }
    }
    out += '\n';
  }
  return out;
}

}  // namespace swarmward::cli
