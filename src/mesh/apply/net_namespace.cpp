#include "mesh/apply/net_namespace.h"

#include <cerrno>
#include <cstdlib>
#include <string>
#include <system_error>
#include <thread>
#include <utility>

#include <fcntl.h>
#include <linux/magic.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "base/log.h"

namespace swarmward::mesh {
namespace {

constexpr char const* kOwnNamespace = "/proc/thread-self/ns/net";

Error failed(std::string const& what, int error) {
  return unavailable(what + ": " + std::generic_category().message(error));
}

/// A namespace file has the file system of namespaces under it; a plain file has not.
bool keeps_namespace(int fd) {
  struct statfs about {};
  return fstatfs(fd, &about) == 0 && about.f_type == NSFS_MAGIC;
}

/// Makes a namespace and mounts it on the file. On a thread of its own, which ends with it: so no
/// other thread ever is in the new namespace.
Result<void> keep_new_namespace(std::filesystem::path const& path) {
  int error = 0;
  std::thread([&] {
    if (unshare(CLONE_NEWNET) != 0 ||
        mount(kOwnNamespace, path.c_str(), "none", MS_BIND, nullptr) != 0) {
      error = errno;
    }
  }).join();
  if (error != 0) {
    return failed("making the network namespace " + path.string(), error);
  }
  return {};
}

Result<void> make_empty_file(std::filesystem::path const& path) {
  std::error_code failure;
  std::filesystem::create_directories(path.parent_path(), failure);
  if (failure) {
    return failed("making the folder " + path.parent_path().string(), failure.value());
  }
  int const fd = ::open(path.c_str(), O_RDONLY | O_CREAT | O_CLOEXEC, 0600);
  if (fd < 0) {
    return failed("making " + path.string(), errno);
  }
  ::close(fd);
  return {};
}

}  // namespace

Result<NetNamespace> NetNamespace::open(std::filesystem::path const& path) {
  int const fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) {
    if (errno == ENOENT) {
      return not_found("no network namespace " + path.string());
    }
    return failed("opening the network namespace " + path.string(), errno);
  }
  NetNamespace opened(fd);
  if (!keeps_namespace(fd)) {
    return unavailable(path.string() + " keeps no network namespace");
  }
  return opened;
}

Result<NetNamespace> NetNamespace::make(std::filesystem::path const& path) {
  if (auto there = open(path); there) {
    return there;
  }
  if (auto const made = make_empty_file(path); !made) {
    return made.error();
  }
  if (auto const kept = keep_new_namespace(path); !kept) {
    std::error_code ignored;
    std::filesystem::remove(path, ignored);
    return kept.error();
  }
  return open(path);
}

Result<void> NetNamespace::keep(std::filesystem::path const& path) const {
  if (open(path)) {
    return {};
  }
  if (auto made = make_empty_file(path); !made) {
    return made;
  }
  // Not of our own descriptor: it holds the mount that somebody took away, and of a bind of that
  // one kernels leave the copies behind in other places that show the folder, when it is unmounted.
  return run([&]() -> Result<void> {
    if (mount(kOwnNamespace, path.c_str(), "none", MS_BIND, nullptr) != 0) {
      return failed("keeping the network namespace " + path.string(), errno);
    }
    return {};
  });
}

Result<NetNamespace> NetNamespace::current() {
  return open(kOwnNamespace);
}

Result<void> NetNamespace::remove(std::filesystem::path const& path) {
  // EINVAL: a plain file, nothing is mounted on it.
  if (umount2(path.c_str(), MNT_DETACH) != 0 && errno != EINVAL && errno != ENOENT) {
    return failed("releasing the network namespace " + path.string(), errno);
  }
  if (::unlink(path.c_str()) != 0 && errno != ENOENT) {
    return failed("removing " + path.string(), errno);
  }
  return {};
}

Result<void> NetNamespace::run_in_new(
    std::function<Result<void>(NetNamespace const&)> const& work) {
  Result<void> result;
  // The thread ends with it: no other one ever is there.
  std::thread([&] {
    if (unshare(CLONE_NEWNET) != 0) {
      result = failed("making a network namespace", errno);
      return;
    }
    auto const fresh = current();
    result = fresh ? work(*fresh) : fresh.error();
  }).join();
  return result;
}

NetNamespace::NetNamespace(NetNamespace&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}

NetNamespace& NetNamespace::operator=(NetNamespace&& other) noexcept {
  std::swap(fd_, other.fd_);
  return *this;
}

NetNamespace::~NetNamespace() {
  if (fd_ >= 0) {
    ::close(fd_);
  }
}

Result<void> NetNamespace::run(std::function<Result<void>()> const& work) const {
  auto const home = current();
  if (!home) {
    return home.error();
  }
  if (setns(fd_, CLONE_NEWNET) != 0) {
    return failed("entering a network namespace", errno);
  }
  auto done = work();
  if (setns(home->fd(), CLONE_NEWNET) != 0) {
    room_log("mesh")->critical("namespace.no_return error=\"{}\"",
                               std::generic_category().message(errno));
    std::abort();
  }
  return done;
}

}  // namespace swarmward::mesh
