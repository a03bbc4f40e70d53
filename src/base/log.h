#pragma once

#include <memory>
#include <string>

#include <spdlog/logger.h>

namespace swarmward {

/// The logger of one room ("api", "state", …): event first, then key=value. Never secrets, tokens,
/// registry auth or environment values. Thread-safe; made at first use.
[[nodiscard]] std::shared_ptr<spdlog::logger> room_log(std::string const& room);

/// Sets the level of all loggers, those made later too: debug, info, warn, error, fatal.
/// Returns false for an unknown word.
[[nodiscard]] bool set_log_level(std::string const& level);

}  // namespace swarmward
