#include "api/server/unix_listener.h"

#include <cerrno>
#include <system_error>

#include <grp.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

namespace swarmward::api {

namespace {

constexpr mode_t kMode = 0660;
constexpr mode_t kMaskForMode = 0117;
constexpr int kBacklog = 1024;

Error failed(std::string const& doing, int error) {
  auto const reason = std::generic_category().message(error);
  if (error == EACCES || error == EPERM || error == EROFS) {
    return {ErrorCode::Forbidden,
            doing + ": " + reason +
                ". Run as root, or choose with -H a path that this user may write to"};
  }
  return error == EADDRINUSE ? conflict(doing + ": " + reason)
                             : invalid_argument(doing + ": " + reason);
}

int open_socket() {
  return ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
}

enum class Occupant { None, Somebody, Stale, NoSocket };

Occupant find_occupant(std::string const& path, sockaddr_un const& address) {
  struct stat info {};
  if (::lstat(path.c_str(), &info) != 0) {
    return Occupant::None;
  }
  if (!S_ISSOCK(info.st_mode)) {
    return Occupant::NoSocket;
  }
  int const probe = open_socket();
  bool const refused =
      ::connect(probe, reinterpret_cast<sockaddr const*>(&address), sizeof address) != 0 &&
      errno == ECONNREFUSED;
  ::close(probe);
  return refused ? Occupant::Stale : Occupant::Somebody;
}

/// Without the group, root alone can use the socket; that is no reason not to serve root.
void give_to_docker_group(std::string const& path) {
  if (auto const* group = ::getgrnam("docker")) {
    [[maybe_unused]] auto const ignored =
        ::chown(path.c_str(), static_cast<uid_t>(-1), group->gr_gid);
  }
}

}  // namespace

Result<int> open_unix_listener(std::string const& path) {
  auto const doing = "cannot listen on unix://" + path;
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.empty() || path.size() >= sizeof address.sun_path) {
    return invalid_argument(doing + ": the path is empty or too long for a unix socket");
  }
  path.copy(address.sun_path, sizeof address.sun_path - 1);
  switch (find_occupant(path, address)) {
    case Occupant::Somebody:
      return conflict(doing + ": another process is listening on it");
    case Occupant::NoSocket:
      return conflict(doing + ": the file exists and is not a socket");
    case Occupant::Stale:
      if (::unlink(path.c_str()) != 0) {
        return failed(doing, errno);
      }
      break;
    case Occupant::None:
      break;
  }
  int const socket = open_socket();
  // The mask makes the file closed to others from its first moment.
  auto const mask = ::umask(kMaskForMode);
  bool const bound = ::bind(socket, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0;
  int const bind_error = errno;
  ::umask(mask);
  if (!bound || ::chmod(path.c_str(), kMode) != 0 || ::listen(socket, kBacklog) != 0) {
    int const error = bound ? errno : bind_error;
    ::close(socket);
    return failed(doing, error);
  }
  give_to_docker_group(path);
  return socket;
}

}  // namespace swarmward::api
