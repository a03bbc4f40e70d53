#include "mesh/render/balancer.h"

#include <algorithm>
#include <iterator>
#include <set>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace swarmward::mesh {
namespace {

/// The first index in a packet's mark. Above the marks that route, so that none is taken for one.
constexpr std::uint32_t kFirstMark = 256;

/// Number of targets and counter: what makes a chain that picks.
using Pick = std::pair<std::size_t, std::uint32_t>;

Pick pick_of(Balanced const& balanced) {
  return {balanced.targets.size(), balanced.counter % kCountersPerSize};
}

std::string chain_name(Pick const& pick) {
  return fmt::format("pick{}_{}", pick.first, pick.second);
}

bool uses(Balance const& balance, Pick const& pick) {
  return std::ranges::any_of(balance, [&](auto const& each) {
    return !each.second->targets.empty() && pick_of(*each.second) == pick;
  });
}

std::string render_chain(BalancerSchema const& schema, Pick const& pick) {
  auto const place = fmt::format("{} {}", schema.table, chain_name(pick));
  return fmt::format(
      "add chain {0}\nadd rule {0} meta mark set numgen inc mod {1} offset {2}\nadd rule {0} {3}\n",
      place,
      pick.first,
      kFirstMark,
      schema.pick);
}

/// Elements to take out and to put in, of both maps. One that is in both lists of a stage gets
/// another value there.
struct Elements {
  std::vector<std::string> added_targets;                                 ///< First.
  std::vector<std::string> old_keys, old_targets, new_targets, new_keys;  ///< Then, at once.
  std::vector<std::string> removed_targets;                               ///< Last.
  std::set<Pick> old_picks, new_picks;  ///< Of these keys; others may have them too.
};

std::string target_key(std::string const& key, std::size_t index) {
  return fmt::format("{} . {}", key, kFirstMark + index);
}

void compare_key(std::string const& key,
                 Balanced const& previous,
                 Balanced const& wanted,
                 Elements& elements) {
  auto const before = previous.targets.size();
  auto const after = wanted.targets.size();
  for (std::size_t i = 0; i < std::max(before, after); ++i) {
    if (i < before && i < after && previous.targets[i] == wanted.targets[i]) {
      continue;
    }
    if (i < before) {
      (i < after ? elements.old_targets : elements.removed_targets).push_back(target_key(key, i));
    }
    if (i < after) {
      (i < before ? elements.new_targets : elements.added_targets)
          .push_back(fmt::format("{} : {}", target_key(key, i), wanted.targets[i]));
    }
  }
  bool const same_pick = before > 0 && after > 0 && pick_of(previous) == pick_of(wanted);
  if (before > 0 && !same_pick) {
    elements.old_picks.insert(pick_of(previous));
    elements.old_keys.push_back(key);
  }
  if (after > 0 && !same_pick) {
    elements.new_picks.insert(pick_of(wanted));
    elements.new_keys.push_back(fmt::format("{} : goto {}", key, chain_name(pick_of(wanted))));
  }
}

/// Both are sorted, so one walk over them tells what differs.
Elements compare(Balance const& previous, Balance const& wanted) {
  Elements elements;
  static Balanced const kNone;
  auto before = previous.begin();
  auto after = wanted.begin();
  while (before != previous.end() || after != wanted.end()) {
    bool const gone =
        after == wanted.end() || (before != previous.end() && before->first < after->first);
    bool const fresh = !gone && (before == previous.end() || after->first < before->first);
    if (gone) {
      compare_key(before->first, *before->second, kNone, elements);
    } else if (fresh) {
      compare_key(after->first, kNone, *after->second, elements);
    } else if (before->second != after->second) {
      compare_key(before->first, *before->second, *after->second, elements);
    }
    before = fresh ? before : std::next(before);
    after = gone ? after : std::next(after);
  }
  return elements;
}

}  // namespace

std::vector<std::string> seat_targets(std::vector<std::string> const& previous,
                                      std::vector<std::string> const& wanted) {
  std::set<std::string> waiting(wanted.begin(), wanted.end());
  std::vector<std::string> seats(waiting.size());
  for (std::size_t i = 0; i < std::min(seats.size(), previous.size()); ++i) {
    if (waiting.erase(previous[i]) > 0) {
      seats[i] = previous[i];
    }
  }
  for (auto& seat : seats) {
    if (seat.empty()) {
      seat = std::move(waiting.extract(waiting.begin()).value());
    }
  }
  return seats;
}

BalancePlanner::BalancePlanner(Balance const* previous, TargetText target_text)
    : previous_(previous), target_text_(target_text) {
  if (previous != nullptr) {
    expected_ = previous->begin();
    planned_.reserve(previous->size() + 1);
  }
}

SharedBalanced const* BalancePlanner::find_previous(std::string const& key) {
  if (previous_ == nullptr) {
    return nullptr;
  }
  if (expected_ == previous_->end() || expected_->first != key) {
    expected_ = previous_->find(key);
  }
  return expected_ == previous_->end() ? nullptr : &(expected_++)->second;
}

void BalancePlanner::add(std::string key,
                         std::uint32_t counter,
                         std::vector<std::string> const& backends,
                         std::uint32_t target_port) {
  auto const* before = find_previous(key);
  if (before != nullptr && (*before)->backends == backends &&
      (*before)->target_port == target_port) {
    planned_.emplace_back(std::move(key), *before);
    return;
  }
  std::vector<std::string> wanted;
  for (auto const& backend : backends) {
    if (auto const address = parse_address(backend)) {
      wanted.push_back(target_text_(*address, target_port));
    }
  }
  auto const seats = before == nullptr ? std::vector<std::string>() : (*before)->targets;
  planned_.emplace_back(std::move(key),
                        Balanced{.targets = seat_targets(seats, wanted),
                                 .counter = counter % kCountersPerSize,
                                 .backends = backends,
                                 .target_port = target_port});
}

Balance BalancePlanner::take() {
  auto const key_of = [](auto const& planned) -> std::string const& { return planned.first; };
  std::ranges::stable_sort(planned_, {}, key_of);
  // Of equal keys the first counts.
  planned_.erase(std::unique(planned_.begin(),
                             planned_.end(),
                             [](auto const& a, auto const& b) { return a.first == b.first; }),
                 planned_.end());
  return {boost::container::ordered_unique_range,
          std::make_move_iterator(planned_.begin()),
          std::make_move_iterator(planned_.end())};
}

std::string render_balance(BalancerSchema const& schema, Balance const& wanted) {
  auto const change = render_balance_change(schema, {}, wanted);
  return change.add + change.turn;
}

StagedChange render_balance_change(BalancerSchema const& schema,
                                   Balance const& previous,
                                   Balance const& wanted) {
  auto const elements = compare(previous, wanted);
  auto const keys = fmt::format("element {} {}", schema.table, schema.dispatch);
  auto const targets = fmt::format("element {} {}", schema.table, schema.targets);
  StagedChange change;
  for (auto const& pick : elements.new_picks) {
    if (!uses(previous, pick)) {
      change.add += render_chain(schema, pick);
    }
  }
  change.add += render_elements("add " + targets, elements.added_targets);
  change.turn = render_elements("delete " + keys, elements.old_keys) +
                render_elements("delete " + targets, elements.old_targets) +
                render_elements("add " + targets, elements.new_targets) +
                render_elements("add " + keys, elements.new_keys);
  change.remove = render_elements("delete " + targets, elements.removed_targets);
  for (auto const& pick : elements.old_picks) {
    if (!uses(wanted, pick)) {
      change.remove += fmt::format("delete chain {} {}\n", schema.table, chain_name(pick));
    }
  }
  return change;
}

std::string render_elements(std::string const& command, std::vector<std::string> const& elements) {
  if (elements.empty()) {
    return {};
  }
  return fmt::format("{} {{ {} }}\n", command, fmt::join(elements, ", "));
}

}  // namespace swarmward::mesh
