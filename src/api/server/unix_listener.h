#pragma once

#include <string>

#include "base/result.h"

namespace swarmward::api {

/// A listening unix socket, mode 0660, group docker if there is one. A file on which nobody listens
/// is replaced. Errors: Conflict (another process listens there), Forbidden, InvalidArgument.
[[nodiscard]] Result<int> open_unix_listener(std::string const& path);

}  // namespace swarmward::api
