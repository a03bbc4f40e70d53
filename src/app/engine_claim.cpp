#include "app/engine_claim.h"

#include <cerrno>
#include <utility>

#include <fcntl.h>
#include <sys/file.h>

#include "base/log.h"
#include "base/percent_encode.h"

namespace swarmward::app {

namespace {

/// One name for all ways to write the same socket's path.
std::string file_of(std::string const& engine) {
  constexpr std::string_view kUnix = "unix://";
  auto name = engine;
  if (engine.starts_with(kUnix)) {
    std::error_code error;
    auto const path = std::filesystem::weakly_canonical(engine.substr(kUnix.size()), error);
    name = error ? engine : path.string();
  }
  return percent_encode(name) + ".lock";
}

}  // namespace

EngineClaim::EngineClaim(std::string engine, std::filesystem::path folder)
    : engine_(std::move(engine)), folder_(std::move(folder)) {}

Result<void> EngineClaim::take() {
  if (lock_.get() >= 0) {
    return {};
  }
  std::error_code error;
  std::filesystem::create_directories(folder_, error);
  auto const path = folder_ / file_of(engine_);
  OwnedFile lock(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
  if (lock.get() < 0) {
    auto const reason = std::error_code(errno, std::generic_category()).message();
    room_log("app")->warn("engine.not_claimed file={} reason=\"{}\"", path.string(), reason);
    return {};
  }
  if (::flock(lock.get(), LOCK_EX | LOCK_NB) != 0) {
    return conflict("the engine at " + engine_ +
                    " runs tasks of a swarm for another swarmward of this host. Leave that swarm "
                    "there, or give this daemon an engine of its own with --engine");
  }
  lock_ = std::move(lock);
  return {};
}

}  // namespace swarmward::app
