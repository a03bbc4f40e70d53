#include "backends/files/local_task_files.h"

#include <algorithm>
#include <cerrno>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace swarmward::backends {

namespace {

constexpr mode_t kPermissions = 0777;
constexpr mode_t kAllBits = 07777;

/// What ids are made of, and nothing that means something in a path.
Result<void> check_id(model::TaskId const& task) {
  constexpr std::size_t kLongest = 64;
  auto const text = task.view();
  bool const plain = std::ranges::all_of(
      text, [](char const c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z'); });
  if (text.empty() || text.size() > kLongest || !plain) {
    return invalid_argument("the id of the task is not one");
  }
  return {};
}

class OpenFile {
 public:
  explicit OpenFile(int descriptor) : descriptor_(descriptor) {}
  ~OpenFile() {
    if (descriptor_ >= 0) {
      ::close(descriptor_);
    }
  }
  OpenFile(OpenFile const&) = delete;
  OpenFile& operator=(OpenFile const&) = delete;
  [[nodiscard]] int get() const { return descriptor_; }

 private:
  int descriptor_;
};

bool write_content(int descriptor, std::string_view content) {
  while (!content.empty()) {
    auto const written = ::write(descriptor, content.data(), content.size());
    if (written < 0 && errno != EINTR) {
      return false;
    }
    content.remove_prefix(written < 0 ? 0 : static_cast<std::size_t>(written));
  }
  return true;
}

bool holds(int descriptor, std::string_view content) {
  std::string found(content.size() + 1, '\0');
  std::size_t size = 0;
  while (size < found.size()) {
    auto const got = ::read(descriptor, found.data() + size, found.size() - size);
    if (got < 0 && errno == EINTR) {
      continue;
    }
    if (got <= 0) {
      break;
    }
    size += static_cast<std::size_t>(got);
  }
  return std::string_view(found).substr(0, size) == content;
}

/// A file that is right already stays: a container may have it mounted.
bool is_there(HostFolder const& folder, std::string const& name, model::TaskFile const& file) {
  OpenFile const found(
      ::openat(folder.descriptor(), name.c_str(), O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK));
  struct stat seen {};
  if (found.get() < 0 || ::fstat(found.get(), &seen) != 0 || !S_ISREG(seen.st_mode)) {
    return false;
  }
  bool const same = seen.st_uid == file.uid && seen.st_gid == file.gid &&
                    (seen.st_mode & kPermissions) == (file.mode & kPermissions);
  return same && holds(found.get(), file.content);
}

/// Who may not hand out the rights of others (a unit with RestrictSUIDSGID) leaves that part out:
/// where these files lie it has no effect.
bool set_mode(int descriptor, mode_t mode) {
  return ::fchmod(descriptor, mode & kAllBits) == 0 ||
         (errno == EPERM && ::fchmod(descriptor, mode & kPermissions) == 0);
}

/// Whole or not at all.
Result<void> write_file(HostFolder const& folder,
                        std::string const& name,
                        model::TaskFile const& file) {
  auto const half = name + ".new";
  if (auto removed = folder.remove_file(half); !removed) {
    return removed;
  }
  OpenFile const made(::openat(folder.descriptor(),
                               half.c_str(),
                               O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC,
                               0600));
  bool const written = made.get() >= 0 && write_content(made.get(), file.content) &&
                       ::fchown(made.get(), file.uid, file.gid) == 0 &&
                       set_mode(made.get(), file.mode);
  if (!written ||
      ::renameat(folder.descriptor(), half.c_str(), folder.descriptor(), name.c_str())) {
    auto const error = folder.failed("writing", name);
    static_cast<void>(folder.remove_file(half));
    return error;
  }
  return {};
}

}  // namespace

Result<std::string> LocalTaskFiles::put_one(model::TaskId const& task,
                                            std::size_t number,
                                            model::TaskFile const& file) {
  if (auto checked = check_id(task); !checked) {
    return checked.error();
  }
  auto const all = HostFolder::in_memory(folder_, mounting_);
  if (!all) {
    return all.error();
  }
  auto const own = all->make_below(task.str());
  if (!own) {
    return own.error();
  }
  auto const name = std::to_string(number);
  if (!is_there(*own, name, file)) {
    if (auto written = write_file(*own, name, file); !written) {
      return written.error();
    }
  }
  return own->path() + "/" + name;
}

Result<void> LocalTaskFiles::remove_now(model::TaskId const& task) {
  if (auto checked = check_id(task); !checked) {
    return checked;
  }
  auto const all = HostFolder::open(folder_);
  if (!all) {
    return all.error().code == ErrorCode::NotFound ? Result<void>{} : all.error();
  }
  return all->remove_folder(task.str());
}

Result<void> LocalTaskFiles::keep_only_now(std::set<model::TaskId> const& tasks) {
  {
    auto const all = HostFolder::open(folder_);
    if (!all) {
      return all.error().code == ErrorCode::NotFound ? Result<void>{} : all.error();
    }
    auto const names = all->names();
    if (!names) {
      return names.error();
    }
    Result<void> worst;
    for (auto const& name : *names) {
      if (!tasks.contains(model::TaskId(name))) {
        auto removed = all->remove_folder(name);
        worst = removed ? worst : removed;
      }
    }
    if (!worst) {
      return worst;
    }
  }
  return tasks.empty() ? HostFolder::remove(folder_) : Result<void>{};
}

boost::asio::awaitable<Result<std::vector<std::string>>> LocalTaskFiles::put(
    model::TaskId task, std::vector<model::TaskFile> files) {
  std::vector<std::string> paths;
  for (auto const& file : files) {
    auto path = put_one(task, paths.size(), file);
    if (!path) {
      co_return path.error();
    }
    paths.push_back(std::move(*path));
  }
  co_return paths;
}

boost::asio::awaitable<Result<void>> LocalTaskFiles::remove(model::TaskId task) {
  co_return remove_now(task);
}

boost::asio::awaitable<Result<void>> LocalTaskFiles::keep_only(std::set<model::TaskId> tasks) {
  co_return keep_only_now(tasks);
}

}  // namespace swarmward::backends
