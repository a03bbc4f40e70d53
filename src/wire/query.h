#pragma once

#include <cstdint>
#include <string_view>

#include "base/result.h"

namespace swarmward::wire {

/// For `force`, `follow`, `stdout` …: "", 0, no, false, none are false in any case, all else true.
[[nodiscard]] bool loose_bool(std::string_view value);

/// For `status`, `insertDefaults`, `verbose`: Go's ParseBool; empty is false.
/// Errors: InvalidArgument `invalid value for status: zz: strconv.ParseBool: …`; for the `rotate…`
/// parameters without Go's part.
[[nodiscard]] Result<bool> strict_bool(std::string_view name, std::string_view value);

/// The `version` of an update; `kind` is service, node, swarm, secret or config. Errors:
/// InvalidArgument; for secrets and configs without Go's part.
[[nodiscard]] Result<std::uint64_t> parse_version(std::string_view kind, std::string_view text);

}  // namespace swarmward::wire
