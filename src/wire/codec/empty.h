#pragma once

#include <type_traits>

#include "base/time.h"

namespace swarmward::wire {

/// Empty as in Go's omitempty: "", 0, false, no element, an absent optional; a struct is never
/// empty.
template <class T>
[[nodiscard]] bool is_empty(T const& field) {
  if constexpr (requires { field.empty(); }) {
    return field.empty();
  } else if constexpr (std::is_arithmetic_v<T> || std::is_same_v<T, Duration> ||
                       std::is_same_v<T, Time>) {
    return field == T{};
  } else if constexpr (requires { *field; }) {
    return !field;
  } else {
    return false;
  }
}

}  // namespace swarmward::wire
