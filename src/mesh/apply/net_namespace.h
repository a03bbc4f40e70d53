#pragma once

#include <filesystem>
#include <functional>

#include "base/result.h"

namespace swarmward::mesh {

/// A network namespace of the kernel, held open by a descriptor. Root only. The value may be moved
/// to and used from any thread; a namespace that a file keeps lives on when the value goes.
class NetNamespace {
 public:
  /// Opens the namespace that the file keeps, or makes a new one and keeps it by mounting it on the
  /// file. A file that keeps no namespace, as after a start of the host, gets a new one. Folders
  /// above it are made. Errors: Unavailable, with what the kernel said.
  [[nodiscard]] static Result<NetNamespace> make(std::filesystem::path const& path);

  /// Errors: NotFound where no file is; Unavailable where it keeps no network namespace.
  [[nodiscard]] static Result<NetNamespace> open(std::filesystem::path const& path);

  /// Has the file keep this namespace again where it keeps none any more, as after somebody unmounted
  /// it. Errors: Unavailable, with what the kernel said.
  [[nodiscard]] Result<void> keep(std::filesystem::path const& path) const;

  /// The one that the calling thread is in.
  [[nodiscard]] static Result<NetNamespace> current();

  /// Ends the keeping and removes the file. The namespace goes with its last user, and with it all
  /// devices in it. No error where nothing is.
  [[nodiscard]] static Result<void> remove(std::filesystem::path const& path);

  /// Runs the work in a new namespace that goes afterwards: what the work tries there changes
  /// nothing. The work must not throw. Errors: Unavailable without root, and those of the work.
  [[nodiscard]] static Result<void> run_in_new(
      std::function<Result<void>(NetNamespace const&)> const& work);

  NetNamespace(NetNamespace&& other) noexcept;
  NetNamespace& operator=(NetNamespace&& other) noexcept;
  ~NetNamespace();

  /// Owned by this value; good for setns() and for netlink's attributes that name a namespace.
  [[nodiscard]] int fd() const { return fd_; }

  /// Runs the work with the calling thread in this namespace, and returns the thread to where it
  /// was. Sockets that the work opens stay in this namespace for good. The work must not throw.
  /// Ends the process if the thread cannot return: all it did later would be done in a wrong place.
  [[nodiscard]] Result<void> run(std::function<Result<void>()> const& work) const;

 private:
  explicit NetNamespace(int fd) : fd_(fd) {}

  int fd_ = -1;
};

}  // namespace swarmward::mesh
