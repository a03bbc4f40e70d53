#pragma once

#include <string>
#include <utility>
#include <vector>

#include "base/result.h"

namespace swarmward::backends {

/// Whether a tmpfs may be mounted where there is none: not by a process in a container, whose
/// mounts the engine does not see.
enum class Mounting { Allowed, Forbidden };

/// An open folder. All names in it are single components of a path, and no link is followed, so
/// that nothing outside of it is ever touched. Errors: Internal, with the path and the system's
/// reason; NotFound.
class HostFolder {
 public:
  /// The folder at `path`, which is made (0700, as those above it) and is in memory: a tmpfs is
  /// mounted over it if it is not in one.
  static Result<HostFolder> in_memory(std::string const& path, Mounting mounting);
  /// NotFound if there is none.
  static Result<HostFolder> open(std::string const& path);
  /// Unmounts it if it is a mount of its own, and removes it if it is empty; the
  /// folder that it is in goes too if it was the last there.
  static Result<void> remove(std::string const& path);

  ~HostFolder();
  HostFolder(HostFolder&& other) noexcept
      : path_(std::move(other.path_)), descriptor_(std::exchange(other.descriptor_, -1)) {}
  HostFolder& operator=(HostFolder&& other) noexcept {
    std::swap(path_, other.path_);
    std::swap(descriptor_, other.descriptor_);
    return *this;
  }

  [[nodiscard]] std::string const& path() const { return path_; }
  [[nodiscard]] int descriptor() const { return descriptor_; }

  [[nodiscard]] Result<HostFolder> open_below(std::string const& name) const;
  /// Made (0700) if it is missing.
  [[nodiscard]] Result<HostFolder> make_below(std::string const& name) const;
  [[nodiscard]] Result<std::vector<std::string>> names() const;
  /// A file or link; none is success.
  [[nodiscard]] Result<void> remove_file(std::string const& name) const;
  /// A folder of files; none is success.
  [[nodiscard]] Result<void> remove_folder(std::string const& name) const;
  /// What errno says of something in here.
  [[nodiscard]] Error failed(char const* what, std::string const& name) const;

 private:
  HostFolder(std::string path, int descriptor) : path_(std::move(path)), descriptor_(descriptor) {}
  [[nodiscard]] Result<bool> is_in_memory() const;

  std::string path_;
  int descriptor_ = -1;
};

}  // namespace swarmward::backends
