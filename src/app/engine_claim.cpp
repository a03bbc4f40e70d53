#include "app/engine_claim.h"

#include <cerrno>
#include <utility>

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>

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
    : engine_(std::move(engine)), file_(std::move(folder) / file_of(engine_)) {}

/// Is what was opened still what others open? Whoever gives a claim back removes its file.
bool EngineClaim::is_file(int descriptor) const {
  struct stat opened {};
  struct stat there {};
  return ::fstat(descriptor, &opened) == 0 && ::stat(file_.c_str(), &there) == 0 &&
         opened.st_ino == there.st_ino && opened.st_dev == there.st_dev;
}

Result<void> EngineClaim::take() {
  while (lock_.get() < 0) {
    std::error_code error;
    std::filesystem::create_directories(file_.parent_path(), error);
    OwnedFile lock(::open(file_.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
    if (lock.get() < 0 && errno == ENOENT && !error) {
      continue;  // Somebody who gave a claim back has just removed the folder.
    }
    if (lock.get() < 0) {
      auto const reason = std::error_code(errno, std::generic_category()).message();
      room_log("app")->warn("engine.not_claimed file={} reason=\"{}\"", file_.string(), reason);
      return {};
    }
    if (::flock(lock.get(), LOCK_EX | LOCK_NB) != 0) {
      return conflict("the engine at " + engine_ +
                      " runs tasks of a swarm for another swarmward of this host. Leave that swarm "
                      "there, or give this daemon an engine of its own with --engine");
    }
    if (is_file(lock.get())) {
      lock_ = std::move(lock);
    }
  }
  return {};
}

void EngineClaim::release() {
  if (lock_.get() < 0) {
    return;
  }
  std::error_code ignored;
  std::filesystem::remove(file_, ignored);
  std::filesystem::remove(file_.parent_path(), ignored);  // Only where it is empty.
  lock_ = OwnedFile();
}

}  // namespace swarmward::app
