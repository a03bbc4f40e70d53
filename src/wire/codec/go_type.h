#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace swarmward::wire {

/// For a wire-only struct, its member kGo; else what most scalars are.
template <class T>
[[nodiscard]] constexpr std::string_view own_go_type() {
  if constexpr (requires { T::kGo; }) {
    return T::kGo;
  } else {
    return "string";
  }
}

/// The Go type that native decodes into, for the text of type errors. Specialised beside the field
/// list of each model struct.
template <class T>
inline constexpr std::string_view kGoType = own_go_type<T>();

template <class T>
struct GoType {
  static std::string text() { return std::string(kGoType<T>); }
};
template <class T>
struct GoType<std::vector<T>> {
  static std::string text() { return "[]" + GoType<T>::text(); }
};

}  // namespace swarmward::wire
