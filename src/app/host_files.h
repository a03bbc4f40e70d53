#pragma once

#include <cstddef>
#include <string>

#include "app/options.h"
#include "base/net/tls_context.h"
#include "base/result.h"

namespace swarmward::app {

/// A file descriptor that is closed with its owner.
class OwnedFile {
 public:
  OwnedFile() = default;
  explicit OwnedFile(int descriptor) : descriptor_(descriptor) {}
  ~OwnedFile();
  OwnedFile(OwnedFile&& other) noexcept;
  OwnedFile& operator=(OwnedFile&& other) noexcept;
  [[nodiscard]] int get() const { return descriptor_; }

 private:
  int descriptor_ = -1;
};

/// Makes the directory (0700) if it is missing and locks it for this process. Errors: Forbidden
/// (permissions), Conflict (another daemon holds it), with cause and cure.
[[nodiscard]] Result<OwnedFile> lock_data_root(std::string const& path);

/// Errors: Forbidden.
[[nodiscard]] Result<void> write_pidfile(std::string const& path);

/// Lets this process open as many files as it may, and says how many that are.
std::size_t raise_open_files();

/// What the TCP listeners of the API show and ask for. Errors: InvalidArgument, naming the file.
[[nodiscard]] Result<net::TlsContext> load_front_tls(Options const& options);

/// Makes the directories above a socket's path. Errors: Forbidden.
[[nodiscard]] Result<void> make_parent_directory(std::string const& path);

}  // namespace swarmward::app
