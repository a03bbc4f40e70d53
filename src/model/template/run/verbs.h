#pragma once

#include <cstddef>
#include <optional>
#include <string>

#include "model/template/run/value.h"

namespace swarmward::model::templates {

/// Wider fields are refused, so that a short template cannot ask for gigabytes.
inline constexpr std::size_t kMaxWidth = 1000;

/// One `%…` of a pattern.
struct Directive {
  bool minus = false;
  bool plus = false;
  bool sharp = false;
  bool space = false;
  bool zero = false;
  std::size_t width = 0;
  std::optional<std::size_t> precision;
  char verb = 0;
};

/// `value` as `how` wants it; `%!d(string=a)` if that makes no sense.
[[nodiscard]] std::string format_argument(Value const& value, Directive const& how);

/// The bytes in hexadecimal, in small letters.
[[nodiscard]] std::string hex(std::string_view bytes);

}  // namespace swarmward::model::templates
