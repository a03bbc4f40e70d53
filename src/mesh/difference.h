#pragma once

#include <algorithm>
#include <iterator>
#include <vector>

namespace swarmward::mesh {

/// What leads from one set of values to another.
template <class T>
struct Difference {
  std::vector<T> remove;
  std::vector<T> add;
};

/// Pure. Both in any order; values that are there twice count once.
template <class T>
[[nodiscard]] Difference<T> difference(std::vector<T> there, std::vector<T> wanted) {
  for (auto* values : {&there, &wanted}) {
    std::sort(values->begin(), values->end());
    values->erase(std::unique(values->begin(), values->end()), values->end());
  }
  Difference<T> result;
  std::ranges::set_difference(there, wanted, std::back_inserter(result.remove));
  std::ranges::set_difference(wanted, there, std::back_inserter(result.add));
  return result;
}

}  // namespace swarmward::mesh
