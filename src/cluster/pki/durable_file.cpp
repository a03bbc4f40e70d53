#include "cluster/pki/durable_file.h"

#include <algorithm>
#include <cerrno>
#include <fstream>
#include <system_error>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace swarmward::cluster {

namespace {

class Descriptor {
 public:
  explicit Descriptor(int number) : number_(number) {}
  ~Descriptor() {
    if (number_ >= 0) {
      ::close(number_);
    }
  }
  Descriptor(Descriptor const&) = delete;
  Descriptor& operator=(Descriptor const&) = delete;
  [[nodiscard]] int get() const { return number_; }

 private:
  int number_;
};

/// To be called before anything else may change errno.
Error failed(std::string_view what, std::filesystem::path const& path) {
  auto const reason = std::system_category().message(errno);
  return internal_error(std::string(what) + " " + path.string() + ": " + reason);
}

bool write_all(int file, std::string_view text) {
  while (!text.empty()) {
    auto const written = ::write(file, text.data(), text.size());
    if (written < 0 && errno != EINTR) {
      return false;
    }
    text.remove_prefix(static_cast<std::size_t>(std::max<ssize_t>(written, 0)));
  }
  return true;
}

}  // namespace

Result<void> write_durably(std::filesystem::path const& path, std::string_view text, mode_t mode) {
  ::unlink(path.c_str());
  Descriptor const file(
      ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, mode));
  // The mode again: the process's mask may have taken some of it away.
  if (file.get() < 0 || ::fchmod(file.get(), mode) != 0 || !write_all(file.get(), text) ||
      ::fsync(file.get()) != 0) {
    return failed("writing", path);
  }
  return {};
}

Result<void> sync_folder(std::filesystem::path const& folder) {
  Descriptor const opened(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (opened.get() < 0 || ::fsync(opened.get()) != 0) {
    return failed("writing", folder);
  }
  return {};
}

std::optional<std::string> read_small(std::filesystem::path const& path, std::size_t limit) {
  std::ifstream file(path, std::ios::binary);
  std::string text(limit + 1, '\0');
  file.read(text.data(), static_cast<std::streamsize>(text.size()));
  if (file.bad() || !file.eof()) {
    return std::nullopt;
  }
  text.resize(static_cast<std::size_t>(file.gcount()));
  return text;
}

}  // namespace swarmward::cluster
