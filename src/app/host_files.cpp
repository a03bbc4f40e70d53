#include "app/host_files.h"

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <map>
#include <optional>
#include <utility>

#include <fcntl.h>
#include <sys/file.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cluster/pki/durable_file.h"

namespace swarmward::app {

std::size_t raise_open_files() {
  rlimit limit{};
  ::getrlimit(RLIMIT_NOFILE, &limit);
  auto const before = std::exchange(limit.rlim_cur, limit.rlim_max);
  return ::setrlimit(RLIMIT_NOFILE, &limit) == 0 ? limit.rlim_max : before;
}

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

Result<net::TlsContext> load_front_tls(Options const& options) {
  constexpr std::size_t kLimit = 1 << 20;
  std::map<std::string, std::string> texts;
  for (auto const& path : {options.tls_cert, options.tls_key, options.tls_ca}) {
    auto text = path.empty() ? std::optional<std::string>(std::string{})
                             : cluster::read_small(path, kLimit);
    if (!text) {
      return invalid_argument(path + " cannot be read");
    }
    texts[path] = std::move(*text);
  }
  auto const proof = options.tls_verify ? net::PeerProof::Trusted : net::PeerProof::None;
  auto const ca = options.tls_verify ? texts[options.tls_ca] : std::string{};
  return net::make_tls_context(
      {texts[options.tls_cert], texts[options.tls_key]}, ca, proof, net::TlsVersions::From12);
}

}  // namespace swarmward::app
