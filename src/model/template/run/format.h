#pragma once

#include <span>
#include <string>
#include <string_view>

#include "model/template/run/value.h"

namespace swarmward::model::templates {

/// As Go's fmt prints it with %v.
[[nodiscard]] std::string format_value(Value const& value);

/// Go's Sprintf for the verbs %v %s %q %d %b %o %x %X %c %t %T %f %e %g %% with flags, width and
/// precision. What does not fit is shown in the result as Go does: `%!d(string=a)`.
[[nodiscard]] std::string format(std::string_view pattern, std::span<Value const> arguments);

/// A literal in double quotes, as Go's %q.
[[nodiscard]] std::string quote(std::string_view text);

}  // namespace swarmward::model::templates
