#include "base/log.h"

#include <mutex>

#include <spdlog/sinks/stdout_color_sinks.h>
#include <spdlog/spdlog.h>

namespace swarmward {

std::shared_ptr<spdlog::logger> room_log(std::string const& room) {
  static std::mutex mutex;
  static auto const kSink = std::make_shared<spdlog::sinks::stderr_color_sink_mt>();
  std::lock_guard const lock(mutex);
  if (auto known = spdlog::get(room)) {
    return known;
  }
  auto logger = std::make_shared<spdlog::logger>(room, kSink);
  // initialize_logger registers it and gives it the global level and pattern.
  spdlog::initialize_logger(logger);
  return logger;
}

bool set_log_level(std::string const& level) {
  auto const known = level == "fatal" ? spdlog::level::critical : spdlog::level::from_str(level);
  if (known == spdlog::level::off) {
    return false;
  }
  spdlog::set_level(known);
  spdlog::set_pattern("%Y-%m-%dT%H:%M:%S.%fZ %l %n %v", spdlog::pattern_time_type::utc);
  return true;
}

}  // namespace swarmward
