#pragma once

#include <string>
#include <string_view>

#include "base/result.h"

namespace swarmward::mesh {

/// Writes a setting of the kernel, "net/ipv4/ip_forward", in the network namespace that the calling
/// thread is in. Errors: NotFound where the kernel has no such setting; Unavailable.
[[nodiscard]] Result<void> set_sysctl(std::string_view name, std::string_view value);

/// What such a setting is now, without the end of the line. Errors: NotFound.
[[nodiscard]] Result<std::string> read_sysctl(std::string_view name);

}  // namespace swarmward::mesh
