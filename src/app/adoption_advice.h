#pragma once

#include <string>

#include "base/result.h"
#include "model/node.h"

namespace swarmward::app {

/// Pure. Whether an engine can be reached by what is said of it: the address is one of tcp://,
/// ssh:// or unix://, and keys and certificates fit it. Errors: InvalidArgument.
[[nodiscard]] Result<void> check_access(model::EngineAccess const& access);

/// Pure. What an operator can do about an engine that could not be asked for `reason`.
[[nodiscard]] std::string access_cure(model::EngineAccess const& access,
                                      std::string const& reason,
                                      std::string const& known_hosts);

/// Pure. What an operator ought to know about an engine that was adopted; empty if nothing.
[[nodiscard]] std::string access_warning(model::EngineAccess const& access);

}  // namespace swarmward::app
