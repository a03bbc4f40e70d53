#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <utility>

// Arrays of fixed size of which the first `count` places are in use, as the nodes of a tree hold
// them. What is moved from is left empty, so that it keeps nothing alive.

namespace swarmward::state {

/// Makes room at `at`.
template <class Array, class Value>
void put_at(Array& array, std::size_t at, std::uint16_t& count, Value value) {
  auto const from = array.begin() + static_cast<std::ptrdiff_t>(at);
  std::move_backward(from, array.begin() + count, array.begin() + count + 1);
  *from = std::move(value);
  ++count;
}

/// What is taken out is destroyed at once.
template <class Array>
void take_out(Array& array, std::size_t at, std::uint16_t& count) {
  auto const from = array.begin() + static_cast<std::ptrdiff_t>(at);
  std::move(from + 1, array.begin() + count, from);
  array[--count] = {};
}

/// Moves `first` to before `last` to `to`, from `at` on.
template <class Array>
void append(Array& from, std::size_t first, std::size_t last, Array& to, std::size_t at) {
  for (auto i = first; i < last; ++i) {
    to[at + i - first] = std::exchange(from[i], {});
  }
}

/// Moves the upper half of `from` into the empty `to`.
template <class Array>
void split_off(Array& from, std::uint16_t& count, Array& to, std::uint16_t& moved) {
  auto const kept = static_cast<std::uint16_t>(count / 2);
  moved = static_cast<std::uint16_t>(count - kept);
  append(from, kept, count, to, 0);
  count = kept;
}

}  // namespace swarmward::state
