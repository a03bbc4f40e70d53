#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "backends/runner/container_labels.h"

namespace swarmward::backends {

/// Cut at commas; spaces around the items are not part of them.
[[nodiscard]] std::vector<std::string> split_list(std::string_view text);

/// "64m", "1g", "512k", "1048576", in powers of 1024 as the docker CLI counts. At least one byte.
[[nodiscard]] std::optional<std::int64_t> parse_size(std::string_view text);

/// "host[:container[:permissions]]", as `docker run --device` takes it.
[[nodiscard]] std::optional<DeviceMapping> parse_device(std::string_view text);

/// "all", a count, or "device=ID,ID", as `docker run --gpus` takes it.
[[nodiscard]] std::optional<GpuRequest> parse_gpus(std::string_view text);

/// "0-3,5".
[[nodiscard]] bool is_cpu_list(std::string_view text);

}  // namespace swarmward::backends
