#include "app/host_files.h"

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <utility>

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

namespace swarmward::app {

OwnedFile::~OwnedFile() {
  if (descriptor_ >= 0) {
    ::close(descriptor_);
  }
}

OwnedFile::OwnedFile(OwnedFile&& other) noexcept
    : descriptor_(std::exchange(other.descriptor_, -1)) {}

OwnedFile& OwnedFile::operator=(OwnedFile&& other) noexcept {
  std::swap(descriptor_, other.descriptor_);
  return *this;
}

Result<OwnedFile> lock_data_root(std::string const& path) {
  std::error_code error;
  std::filesystem::create_directories(path, error);
  if (error) {
    return Error{ErrorCode::Forbidden,
                 "cannot make the data root " + path + ": " + error.message() +
                     ". Run as root, or choose another with --data-root"};
  }
  ::chmod(path.c_str(), 0700);
  auto const file = path + "/lock";
  OwnedFile lock(::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
  if (lock.get() < 0) {
    return Error{ErrorCode::Forbidden,
                 "cannot write to the data root " + path + ": " + std::strerror(errno) +
                     ". Run as root, or choose another with --data-root"};
  }
  if (::flock(lock.get(), LOCK_EX | LOCK_NB) != 0) {
    return conflict(
        "the data root " + path +
        " is locked by another swarmward. Stop that one, or start this one with another "
        "--data-root");
  }
  return lock;
}

Result<void> write_pidfile(std::string const& path) {
  std::ofstream file(path);
  file << ::getpid() << '\n';
  file.close();
  if (!file) {
    return Error{ErrorCode::Forbidden, "cannot write the pid file " + path};
  }
  return {};
}

Result<void> make_parent_directory(std::string const& path) {
  std::error_code error;
  std::filesystem::create_directories(std::filesystem::path(path).parent_path(), error);
  if (error) {
    return Error{ErrorCode::Forbidden,
                 "cannot make the directory of " + path + ": " + error.message()};
  }
  return {};
}

}  // namespace swarmward::app
