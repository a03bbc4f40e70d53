#include "mesh/inspect/find_path.h"

#include <algorithm>
#include <array>

#include "mesh/inspect/compare_rules.h"

namespace swarmward::mesh {
namespace {

/// Maps from keys to what picks a backend; a backend that has one picks nothing for other keys.
constexpr std::array kDispatchSets{"vips", "ports"};

/// Has it to do with where connections go?
bool is_on_the_way(SharedPart const& part) {
  auto const& sets = part.must.sets;
  return sets.contains(kBackends) ||
         std::ranges::any_of(kDispatchSets, [&](char const* set) { return sets.contains(set); });
}

bool leads_on(SharedPart const& part, std::string const& key) {
  return has_jumps(part) && std::ranges::all_of(kDispatchSets, [&](char const* set) {
           if (!part.must.sets.contains(set)) {
             return true;
           }
           auto const found = part.has->sets.find(set);
           return found != part.has->sets.end() &&
                  std::ranges::any_of(found->second, [&](std::string const& element) {
                    return element.starts_with(key + " : ");
                  });
         });
}

}  // namespace

bool hands_over(std::vector<SharedPart> const& published, std::string const& port) {
  for (auto const& part : published) {
    if (!has_jumps(part)) {
      continue;
    }
    for (char const* name : {"published", "bound"}) {
      auto const set = part.has->sets.find(name);
      if (set != part.has->sets.end() &&
          std::ranges::any_of(
              set->second, [&](std::string const& element) { return element.ends_with(port); })) {
        return true;
      }
    }
  }
  return false;
}

std::vector<std::string> find_targets(std::vector<SharedPart> const& parts,
                                      std::string const& key) {
  std::vector<std::string> targets;
  for (auto const& part : parts) {
    if (!is_on_the_way(part)) {
      continue;
    }
    if (!leads_on(part, key)) {
      return {};
    }
    auto const backends = part.has->sets.find(kBackends);
    if (backends == part.has->sets.end()) {
      continue;
    }
    auto const by_key = targets_by_key(backends->second);
    if (auto const found = by_key.find(key); found != by_key.end()) {
      targets = found->second;
    }
    std::erase_if(targets, [&](std::string const& target) {
      auto const weight = part.has->weights.find(key + " : " + target);
      return weight != part.has->weights.end() && weight->second == 0;
    });
  }
  return targets;
}

}  // namespace swarmward::mesh
