#include "mesh/inspect/compare_rules.h"

#include <algorithm>
#include <iterator>
#include <string_view>
#include <vector>

#include <fmt/format.h>

#include "mesh/render/chains.h"

namespace swarmward::mesh {
namespace {

using Rules = std::vector<std::string>;

bool is_ours(std::string const& chain) {
  return std::ranges::any_of(kAllChains,
                             [&](std::string_view prefix) { return chain.starts_with(prefix); });
}

/// Those of one that the other has not, in their order.
Rules only_in(Rules const& rules, Rules const& others) {
  Rules only;
  std::ranges::copy_if(rules, std::back_inserter(only), [&](std::string const& rule) {
    return std::ranges::find(others, rule) == others.end();
  });
  return only;
}

/// How one chain differs.
std::string difference(std::string const& chain, Rules const& must, Rules const& has) {
  auto missing = only_in(must, has);
  auto extra = only_in(has, must);
  for (auto* rules : {&missing, &extra}) {
    for (auto& rule : *rules) {
      rule = "'" + rule + "'";
    }
  }
  if (missing.empty() && extra.empty()) {
    return chain + " has its rules in another order, or more than once";
  }
  if (missing.empty()) {
    return fmt::format("{} has the rule {}, which nobody planned", chain, listed(extra));
  }
  return extra.empty()
             ? fmt::format("{} lacks the rule {}", chain, listed(missing))
             : fmt::format(
                   "{} has the rule {} instead of {}", chain, listed(extra), listed(missing));
}

void tell_chain(SharedPart const& part,
                std::string const& chain,
                Rules const& has,
                Findings& findings) {
  auto const& must = part.must.rules.at(chain);
  auto const told_by = part.must.told_by.find(chain);
  // Its backends are as they must be, so it is the turns that are not.
  bool const turns =
      told_by != part.must.told_by.end() && !part.must.sets.contains(told_by->second);
  auto const what = fmt::format("{}: chain {}", part.where, difference(chain, must, has));
  if (turns) {
    findings.add("backend.weight", what + ": backends do not get equal shares", kFlushed);
  } else {
    findings.add("table.chains", fmt::format("{}, so {} fail", what, part.purpose), kFlushed);
  }
}

}  // namespace

void compare_chain_sizes(SharedPart const& part, Findings& findings) {
  std::vector<std::string> wrong;
  for (auto const& [chain, rules] : part.must.chains) {
    auto const found = part.has->chains.find(chain);
    if (found == part.has->chains.end()) {
      wrong.push_back(fmt::format("{} is missing", chain));
    } else if (found->second != rules) {
      wrong.push_back(fmt::format("{} has {} rules instead of {}", chain, found->second, rules));
    }
  }
  findings.looked(part.must.chains.size());
  if (!wrong.empty()) {
    findings.add("table.chains",
                 fmt::format("{}: chain {}, so {} fail", part.where, listed(wrong), part.purpose),
                 kFlushed);
  }
}

void compare_rules(SharedPart const& part, std::set<std::string> const& told, Findings& findings) {
  auto const is_told = [&](TableContents const& contents, std::string const& chain) {
    auto const by = contents.told_by.find(chain);
    return by != contents.told_by.end() && told.contains(by->second);
  };
  static Rules const kNone;
  for (auto const& [chain, rules] : part.must.rules) {
    findings.looked(rules.size());
    auto const found = part.has->rules.find(chain);
    auto const& has = found == part.has->rules.end() ? kNone : found->second;
    if (has != rules && !is_told(part.must, chain)) {
      tell_chain(part, chain, has, findings);
    }
  }
  for (auto const& [chain, rules] : part.has->rules) {
    if (!part.must.rules.contains(chain) && !is_told(*part.has, chain)) {
      findings.add("table.chains",
                   fmt::format("{}: chain {} is there, which nobody planned", part.where, chain),
                   "services went a moment ago, or somebody changed it by hand");
    }
  }
}

bool has_jumps(SharedPart const& part) {
  return part.has && std::ranges::all_of(part.must.rules, [&](auto const& chain) {
           auto const found = part.has->rules.find(chain.first);
           return is_ours(chain.first) ||
                  (found != part.has->rules.end() && only_in(chain.second, found->second).empty());
         });
}

}  // namespace swarmward::mesh
