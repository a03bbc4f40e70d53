#include "backends/files/host_folder.h"

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <memory>

#include <dirent.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

namespace swarmward::backends {

namespace {

constexpr int kFolderFlags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;

Error system_error(std::string const& what, std::string const& path) {
  auto const code = errno == ENOENT ? ErrorCode::NotFound : ErrorCode::Internal;
  return {code, what + " " + path + ": " + std::strerror(errno)};
}

/// Those above may be others' and keep what they are; the last two are ours.
Result<void> make_folders(std::string const& path) {
  auto const parent = std::filesystem::path(path).parent_path();
  std::error_code error;
  std::filesystem::create_directories(parent.parent_path(), error);
  if (error) {
    return internal_error("making the folder " + parent.parent_path().string() + ": " +
                          error.message());
  }
  for (auto const& each : {parent.string(), path}) {
    if (::mkdir(each.c_str(), 0700) != 0 && errno != EEXIST) {
      return system_error("making the folder", each);
    }
  }
  return {};
}

bool is_mount_of_its_own(std::string const& path) {
  struct stat own {};
  struct stat above {};
  auto const parent = std::filesystem::path(path).parent_path();
  return ::lstat(path.c_str(), &own) == 0 && ::lstat(parent.c_str(), &above) == 0 &&
         own.st_dev != above.st_dev;
}

}  // namespace

HostFolder::~HostFolder() {
  if (descriptor_ >= 0) {
    ::close(descriptor_);
  }
}

Error HostFolder::failed(char const* what, std::string const& name) const {
  return system_error(what, path_ + "/" + name);
}

Result<HostFolder> HostFolder::open(std::string const& path) {
  auto const descriptor = ::open(path.c_str(), kFolderFlags);
  if (descriptor < 0) {
    return system_error("opening the folder", path);
  }
  return HostFolder(path, descriptor);
}

Result<bool> HostFolder::is_in_memory() const {
  struct statfs found {};
  if (::fstatfs(descriptor_, &found) != 0) {
    return system_error("looking at the folder", path_);
  }
  return found.f_type == TMPFS_MAGIC || found.f_type == RAMFS_MAGIC;
}

Result<HostFolder> HostFolder::in_memory(std::string const& path, Mounting mounting) {
  if (auto made = make_folders(path); !made) {
    return made.error();
  }
  for (bool const mounted : {false, true}) {
    auto folder = open(path);
    auto const in_memory = folder ? folder->is_in_memory() : folder.error();
    if (!in_memory) {
      return in_memory.error();
    }
    if (*in_memory) {
      ::fchmod(folder->descriptor(), 0700);
      return folder;
    }
    if (mounted || mounting == Mounting::Forbidden) {
      break;
    }
    if (::mount(
            "swarmward", path.c_str(), "tmpfs", MS_NOSUID | MS_NODEV | MS_NOEXEC, "mode=0700")) {
      return internal_error("no tmpfs can be mounted at " + path + " (" + std::strerror(errno) +
                            "), and nothing of it may come to a disk");
    }
  }
  return internal_error(path +
                        " is not in a tmpfs, and no mount of this process would be seen by " +
                        "the engine: mount a tmpfs at /run on that host");
}

Result<void> HostFolder::remove(std::string const& path) {
  if (is_mount_of_its_own(path) && ::umount2(path.c_str(), MNT_DETACH | UMOUNT_NOFOLLOW) != 0) {
    return system_error("unmounting", path);
  }
  if (::rmdir(path.c_str()) != 0 && errno != ENOENT && errno != ENOTEMPTY) {
    return system_error("removing the folder", path);
  }
  ::rmdir(std::filesystem::path(path).parent_path().c_str());  // If it was the last in there.
  return {};
}

Result<HostFolder> HostFolder::open_below(std::string const& name) const {
  auto const descriptor = ::openat(descriptor_, name.c_str(), kFolderFlags);
  if (descriptor < 0) {
    return failed("opening the folder", name);
  }
  return HostFolder(path_ + "/" + name, descriptor);
}

Result<HostFolder> HostFolder::make_below(std::string const& name) const {
  if (::mkdirat(descriptor_, name.c_str(), 0700) != 0 && errno != EEXIST) {
    return failed("making the folder", name);
  }
  return open_below(name);
}

Result<std::vector<std::string>> HostFolder::names() const {
  auto const copy = ::openat(descriptor_, ".", kFolderFlags);
  auto const close = [](DIR* listing) { ::closedir(listing); };
  std::unique_ptr<DIR, decltype(close)> const listing(copy < 0 ? nullptr : ::fdopendir(copy),
                                                      close);
  if (!listing) {
    return failed("listing", ".");
  }
  std::vector<std::string> names;
  while (auto const* entry = ::readdir(listing.get())) {
    std::string name(entry->d_name);
    if (name != "." && name != "..") {
      names.push_back(std::move(name));
    }
  }
  return names;
}

Result<void> HostFolder::remove_file(std::string const& name) const {
  if (::unlinkat(descriptor_, name.c_str(), 0) != 0 && errno != ENOENT) {
    return failed("removing", name);
  }
  return {};
}

Result<void> HostFolder::remove_folder(std::string const& name) const {
  auto const folder = open_below(name);
  if (!folder) {
    return folder.error().code == ErrorCode::NotFound ? Result<void>{} : folder.error();
  }
  auto const files = folder->names();
  if (!files) {
    return files.error();
  }
  for (auto const& file : *files) {
    if (auto removed = folder->remove_file(file); !removed) {
      return removed;
    }
  }
  if (::unlinkat(descriptor_, name.c_str(), AT_REMOVEDIR) != 0 && errno != ENOENT) {
    return failed("removing the folder", name);
  }
  return {};
}

}  // namespace swarmward::backends
