#include <algorithm>
#include <iterator>

#include <fmt/format.h>

#include "mesh/inspect/compare.h"
#include "mesh/inspect/compare_rules.h"

namespace swarmward::mesh {
namespace {

constexpr char const* kCame = "tasks came a moment ago, or somebody changed it by hand";
constexpr char const* kWent = "tasks went a moment ago, or somebody changed it by hand";
constexpr char const* kPlanChanged = "the plan has just changed, or somebody changed it by hand";
std::set<std::string> const kNoElements;

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

/// One part of a backend, as long as it is compared.
class SharedComparison {
 public:
  SharedComparison(SharedPart const& part, KeyNames const& names, Findings& findings)
      : part_(part), has_(*part.has), names_(names), findings_(findings) {}

  void compare() {
    compare_chain_sizes(part_, findings_);
    auto sets = part_.must.sets;
    for (auto const& [set, elements] : has_.sets) {
      sets.try_emplace(set);  // Nothing of it is wanted.
    }
    for (auto const& [set, elements] : sets) {
      auto const found = has_.sets.find(set);
      auto const& has = found == has_.sets.end() ? kNoElements : found->second;
      if (set == kBackends) {
        compare_backends(elements, has);
      } else {
        compare_set(set, elements, has);
      }
    }
    compare_rules(part_, told_, findings_);
  }

 private:
  void compare_backends(std::set<std::string> const& must, std::set<std::string> const& has) {
    auto const wanted_targets = targets_by_key(must);
    auto const seen_targets = targets_by_key(has);
    for (auto const& [key, targets] : wanted_targets) {
      auto const found = seen_targets.find(key);
      auto const there = found == seen_targets.end() ? std::vector<std::string>() : found->second;
      findings_.looked(targets.size());
      if (auto const missing = those_without(targets, there); !missing.empty()) {
        tell("backend.missing",
             key,
             fmt::format("{} does not lead to {}", called(names_, key), listed(missing)),
             kCame);
      }
      if (auto const extra = those_without(there, targets); !extra.empty()) {
        tell("backend.extra",
             key,
             fmt::format(
                 "{} leads to {}, where no task serves it", called(names_, key), listed(extra)),
             kWent);
      }
      compare_weights(key, targets);
    }
  }

  /// Of IPVS. Servers that are missing have been told.
  void compare_weights(std::string const& key, std::vector<std::string> const& targets) {
    for (auto const& target : targets) {
      auto const entry = fmt::format("{} : {}", key, target);
      auto const wanted = part_.must.weights.find(entry);
      auto const seen = has_.weights.find(entry);
      if (wanted != part_.must.weights.end() && seen != has_.weights.end() &&
          wanted->second != seen->second) {
        tell("backend.weight",
             key,
             fmt::format("{} leads to {} with weight {} instead of {}",
                         called(names_, key),
                         target,
                         seen->second,
                         wanted->second),
             kPlanChanged);
      }
    }
  }

  /// All other sets: equal texts.
  void compare_set(std::string const& set,
                   std::set<std::string> const& must,
                   std::set<std::string> const& has) {
    std::vector<std::string> missing;
    std::vector<std::string> extra;
    std::ranges::set_difference(must, has, std::back_inserter(missing));
    std::ranges::set_difference(has, must, std::back_inserter(extra));
    findings_.looked(must.size());
    if (!missing.empty()) {
      tell("element.missing",
           set,
           fmt::format("{} lacks {}", set, named(std::move(missing))),
           kPlanChanged);
    }
    if (!extra.empty()) {
      tell("element.extra",
           set,
           fmt::format("{} has {}, which nobody planned", set, named(std::move(extra))),
           kPlanChanged);
    }
  }

  /// Elements of a set as people call them.
  [[nodiscard]] std::string named(std::vector<std::string> elements) const {
    for (auto& element : elements) {
      auto const key = element.substr(0, element.find(" : "));
      element = called(names_, key) + element.substr(key.size());
    }
    return listed(elements);
  }

  /// `about`: the set, or the key of backends.
  void tell(char const* kind, std::string const& about, std::string const& what, char const* why) {
    told_.insert(about);
    findings_.add(kind, fmt::format("{}: {}", part_.where, what), why);
  }

  SharedPart const& part_;
  TableContents const& has_;
  KeyNames const& names_;
  Findings& findings_;
  std::set<std::string> told_;
};

}  // namespace

void compare_shared(SharedPart const& part, KeyNames const& names, Findings& findings) {
  findings.looked();
  if (part.has) {
    SharedComparison(part, names, findings).compare();
    return;
  }
  if (part.has.error().code == ErrorCode::NotFound) {
    findings.add("table.missing",
                 fmt::format("{} {} missing, so {} fail", part.where, part.verb, part.purpose),
                 kFlushed);
    return;
  }
  findings.add("table.unreadable",
               fmt::format("{}: {}", part.where, part.has.error().message),
               "the kernel's rules cannot be read, or a program that reads them is missing");
}

}  // namespace swarmward::mesh
