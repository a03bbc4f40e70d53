#pragma once

#include <algorithm>
#include <deque>
#include <iterator>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <boost/container/small_vector.hpp>

#include "scheduler/networks/plan_sum.h"

namespace swarmward::scheduler {

/// Several say the same name for addresses of theirs: it stands for all of them. Of anything else
/// the first counts, until the others have gone.
template <class Value>
void merge_entry(Value& /*into*/, Value const& /*other*/) {}
template <>
inline void merge_entry(model::PlannedName& into, model::PlannedName const& other) {
  std::vector<std::string> both;
  std::ranges::set_union(into.addresses, other.addresses, std::back_inserter(both));
  into.addresses = std::move(both);
}

/// Whoever says something: a service, a node, a container. A number, for there are many entries.
using PlanOwner = std::uint32_t;

/// Entries of one kind in one network, each said by an owner, with a log of the keys that changed,
/// by version.
template <class Value>
class PlanTable {
 public:
  /// The owner says `now`, sorted by its keys. `said` are the keys of what it said last, and become
  /// those of what it says now.
  void say(PlanOwner owner,
           std::vector<std::string>& said,
           std::vector<Value> const& now,
           std::uint64_t version) {
    std::vector<std::string> keys;
    keys.reserve(now.size());
    for (auto const& value : now) {
      keys.push_back(model::plan_key(value));
      set(owner, keys.back(), &value, version);
    }
    std::vector<std::string> gone;
    std::ranges::set_difference(said, keys, std::back_inserter(gone));
    for (auto const& key : gone) {
      set(owner, key, nullptr, version);
    }
    said = std::move(keys);
  }

  /// Null: it says nothing any more.
  void set(PlanOwner owner, std::string const& key, Value const* value, std::uint64_t version) {
    auto& said = rows_[key];
    auto const place = std::ranges::lower_bound(said, owner, {}, &Said::first);
    bool const known = place != said.end() && place->first == owner;
    if (value != nullptr && known && place->second == *value) {
      return;
    }
    auto const before = merged(said);
    if (value != nullptr && known) {
      place->second = *value;
    } else if (value != nullptr) {
      said.emplace(place, owner, *value);
    } else if (known) {
      said.erase(place);
    }
    auto const after = merged(said);
    if (said.empty()) {
      rows_.erase(key);
    }
    if (before != after) {
      sum_ += (after ? plan_sum(*after) : 0) - (before ? plan_sum(*before) : 0);
      log(key, version);
    }
  }

  /// Calls visit(value) for each entry, by key.
  template <class Visit>
  void for_each(Visit const& visit) const {
    for (auto const& [key, said] : rows_) {
      said.size() == 1 ? visit(said.front().second) : visit(*merged(said));
    }
  }
  [[nodiscard]] std::vector<Value> all() const {
    std::vector<Value> values;
    values.reserve(rows_.size());
    for_each([&](Value const& value) { values.push_back(value); });
    return values;
  }

  [[nodiscard]] std::optional<Value> find(std::string const& key) const {
    auto const row = rows_.find(key);
    return row == rows_.end() ? std::nullopt : merged(row->second);
  }

  /// The log goes back to this version.
  [[nodiscard]] bool knows_since(std::uint64_t version) const { return version >= log_from_; }
  /// What has changed after that version, which the log must know.
  void changes_since(std::uint64_t version,
                     std::vector<Value>& put,
                     std::vector<std::string>& gone) const {
    auto const first = std::ranges::upper_bound(log_, version, {}, &Logged::first);
    std::vector<std::string> keys;
    std::transform(first, log_.end(), std::back_inserter(keys), [](Logged const& logged) {
      return logged.second;
    });
    std::ranges::sort(keys);
    keys.erase(std::unique(keys.begin(), keys.end()), keys.end());
    for (auto& key : keys) {
      if (auto value = find(key)) {
        put.push_back(std::move(*value));
      } else {
        gone.push_back(std::move(key));
      }
    }
  }

  /// Of all entries.
  [[nodiscard]] std::uint64_t sum() const { return sum_; }
  /// The version of the last change.
  [[nodiscard]] std::uint64_t changed() const { return log_.empty() ? 0 : log_.back().first; }

 private:
  using Said = std::pair<PlanOwner, Value>;
  using Row = boost::container::small_vector<Said, 1>;  ///< By owner; nearly always one.
  using Logged = std::pair<std::uint64_t, std::string>;

  static std::optional<Value> merged(Row const& said) {
    if (said.empty()) {
      return std::nullopt;
    }
    auto value = said.front().second;
    for (std::size_t i = 1; i < said.size(); ++i) {
      merge_entry(value, said[i].second);
    }
    return value;
  }

  /// Whoever has missed more than the log holds is told everything.
  void log(std::string const& key, std::uint64_t version) {
    constexpr std::size_t kLeast = 1024;
    constexpr std::size_t kPart = 4;
    log_.emplace_back(version, key);
    if (log_.size() > std::max(kLeast, rows_.size() / kPart)) {
      auto const half = log_.begin() + static_cast<std::ptrdiff_t>(log_.size() / 2);
      log_from_ = std::prev(half)->first;
      log_.erase(log_.begin(), half);
    }
  }

  std::map<std::string, Row> rows_;
  std::deque<Logged> log_;
  std::uint64_t log_from_ = 0;
  std::uint64_t sum_ = 0;
};

/// A network's entries of all kinds.
struct PlanTables {
  PlanTable<model::PlanNode> nodes;
  PlanTable<model::PlanMember> members;
  PlanTable<model::PlannedVip> vips;
  PlanTable<model::PlannedName> names;
  PlanTable<model::PlannedName> reverse;
  PlanTable<model::PlannedPort> ports;
};

/// Of all that is in a network, with its head.
[[nodiscard]] inline std::uint64_t plan_sum(model::PlanHead const& head, PlanTables const& tables) {
  auto sum = plan_sum(head);
  std::uint64_t factor = 1;  // So that an entry of one kind is not taken for one of another.
  model::for_each_kind(
      [&](auto const& table) {
        factor += 2;
        sum += factor * table.sum();
      },
      tables);
  return sum;
}

}  // namespace swarmward::scheduler
