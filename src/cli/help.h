#pragma once

#include <span>
#include <string>

#include "cli/command.h"

namespace swarmward::cli {

/// "docker ward explain [OPTIONS] SERVICE|TASK"; `path` from `ward` to the command.
[[nodiscard]] std::string usage_line(std::span<Command const* const> path);

/// What `--help` prints, laid out as docker does it.
[[nodiscard]] std::string help_text(std::span<Command const* const> path);

}  // namespace swarmward::cli
