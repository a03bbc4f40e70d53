#pragma once

#include <string>
#include <vector>

namespace swarmward::cli {

/// Rows under headings, laid out as docker does: columns ten wide at least, three spaces between
/// them, nothing after the last.
class Table {
 public:
  explicit Table(std::vector<std::string> headings) { rows_.push_back(std::move(headings)); }

  /// As many cells as there are headings.
  void add(std::vector<std::string> cells) { rows_.push_back(std::move(cells)); }
  [[nodiscard]] bool empty() const { return rows_.size() == 1; }
  /// Each line begins with `indent`.
  [[nodiscard]] std::string text(std::string const& indent = {}) const;

 private:
  std::vector<std::vector<std::string>> rows_;
};

}  // namespace swarmward::cli
