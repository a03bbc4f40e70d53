#include "app/ssh_files.h"

#include <cerrno>
#include <cstdlib>
#include <cstring>

#include <sys/un.h>
#include <unistd.h>

namespace swarmward::app {

namespace {

namespace fs = std::filesystem;

constexpr char const* kKeyPrefix = "key-";
/// What ssh adds to the path of the socket while it makes it.
constexpr std::size_t kControlSuffix = 18;

bool write_all(int fd, std::string const& text) {
  for (std::size_t at = 0; at < text.size();) {
    auto const written = ::write(fd, text.data() + at, text.size() - at);
    if (written < 0 && errno != EINTR) {
      return false;
    }
    at += written < 0 ? 0U : static_cast<std::size_t>(written);
  }
  return true;
}

void remove_file(fs::path const* path) {
  std::error_code ignored;
  fs::remove(*path, ignored);
  delete path;
}

}  // namespace

Result<void> SshFiles::make_folder() const {
  std::error_code error;
  fs::create_directories(folder_, error);
  if (!error) {
    fs::permissions(folder_, fs::perms::owner_all, error);
  }
  return error ? Result<void>(
                     internal_error("cannot make " + folder_.string() + ": " + error.message()))
               : Result<void>{};
}

Result<std::shared_ptr<fs::path const>> SshFiles::write_key(std::string const& text) const {
  auto name = (folder_ / kKeyPrefix).string() + "XXXXXX";
  int const fd = ::mkstemp(name.data());  // For its owner alone, from the first byte on.
  if (fd < 0) {
    return internal_error("cannot make " + name + ": " + std::strerror(errno));
  }
  std::shared_ptr<fs::path const> file(new fs::path(name), remove_file);
  // OpenSSH does not read a key whose last line has no end.
  bool const written = write_all(fd, text.ends_with('\n') ? text : text + "\n");
  int const reason = errno;
  ::close(fd);
  if (!written) {
    return internal_error("cannot write " + name + ": " + std::strerror(reason));
  }
  return file;
}

std::string SshFiles::control_path(model::NodeId const& node) const {
  auto path = (folder_ / (node.str() + ".ctl")).string();
  bool const plain = path.find_first_of("%\"\\") == std::string::npos;
  return plain && path.size() + kControlSuffix < sizeof(sockaddr_un::sun_path) ? path
                                                                               : std::string{};
}

void SshFiles::remove_old_keys() const {
  std::error_code error;
  for (fs::directory_iterator each(folder_, error), end; !error && each != end;
       each.increment(error)) {
    if (each->path().filename().string().starts_with(kKeyPrefix)) {
      std::error_code ignored;
      fs::remove(each->path(), ignored);
    }
  }
}

}  // namespace swarmward::app
