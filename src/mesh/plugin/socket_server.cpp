#include "mesh/plugin/socket_server.h"

#include <cerrno>
#include <cstring>
#include <system_error>
#include <thread>
#include <utility>

#include <httplib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "mesh/kept_file.h"

namespace swarmward::mesh {

namespace {

/// The engine starts many containers at a time, but each call is short.
constexpr std::size_t kThreads = 8;
constexpr char const* kContentType = "application/vnd.docker.plugins.v1.2+json";

Result<void> make_folder(std::filesystem::path const& folder) {
  std::error_code failure;
  bool const made = std::filesystem::create_directories(folder, failure);
  if (!failure && made) {
    std::filesystem::permissions(folder, std::filesystem::perms(0755), failure);
  }
  if (failure) {
    return file_failed("making the folder", folder, failure.value());
  }
  return {};
}

/// Removes a socket file that nobody listens on.
Result<void> clear_stale(std::filesystem::path const& path) {
  struct stat about {};
  if (::lstat(path.c_str(), &about) != 0) {
    return errno == ENOENT ? Result<void>() : file_failed("looking at", path, errno);
  }
  if (!S_ISSOCK(about.st_mode)) {
    return conflict(path.string() + " is there and is no socket");
  }
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::memcpy(static_cast<char*>(address.sun_path), path.c_str(), path.string().size() + 1);
  int const probe = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  bool const served =
      probe >= 0 && ::connect(probe, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0;
  if (probe >= 0) {
    ::close(probe);
  }
  if (served) {
    return conflict("another process serves " + path.string());
  }
  if (::unlink(path.c_str()) != 0) {
    return file_failed("removing the old socket", path, errno);
  }
  return {};
}

}  // namespace

/// The HTTP server and the thread that accepts its connections.
class SocketServer::Http {
 public:
  explicit Http(Answer const& answer) {
    server_.set_address_family(AF_UNIX);
    server_.set_socket_options([](int) {});
    server_.set_payload_max_length(kMaxRequestBytes);
    // A connection that stays open would hold one of few threads.
    server_.set_keep_alive_max_count(1);
    server_.new_task_queue = [] { return new httplib::ThreadPool(kThreads); };
    server_.Post(".*", [answer](httplib::Request const& request, httplib::Response& response) {
      auto const reply = answer(request.path, request.body);
      response.status = reply.status;
      response.set_content(reply.body, kContentType);
    });
  }

  Result<void> listen(std::filesystem::path const& path) {
    if (!server_.bind_to_port(path.string(), 80) || ::chmod(path.c_str(), 0600) != 0) {
      return file_failed("listening on", path, errno);
    }
    acceptor_ = std::thread([this] {
      static_cast<void>(server_.listen_after_bind());
      ended_ = true;
    });
    // Before that the server would not notice that it is told to stop.
    while (!server_.is_running() && !ended_) {
      std::this_thread::yield();
    }
    return {};
  }

  void stop() {
    server_.stop();
    if (acceptor_.joinable()) {
      acceptor_.join();
    }
  }

 private:
  httplib::Server server_;
  std::thread acceptor_;
  std::atomic<bool> ended_ = false;
};

SocketServer::SocketServer(std::filesystem::path socket, Answer answer)
    : socket_(std::move(socket)), answer_(std::move(answer)) {}

SocketServer::~SocketServer() {
  stop();
}

Result<void> SocketServer::start() {
  if (socket_.string().size() >= sizeof(sockaddr_un::sun_path)) {
    return invalid_argument("the path of the socket is too long: " + socket_.string());
  }
  if (auto made = make_folder(socket_.parent_path()); !made) {
    return made;
  }
  if (auto cleared = clear_stale(socket_); !cleared) {
    return cleared;
  }
  auto http = std::make_unique<Http>(answer_);
  if (auto listening = http->listen(socket_); !listening) {
    return listening;
  }
  http_ = std::move(http);
  return {};
}

void SocketServer::stop() {
  if (!http_) {
    return;
  }
  // First the file: who comes now is told at once that nobody is here.
  ::unlink(socket_.c_str());
  http_->stop();
  http_.reset();
}

}  // namespace swarmward::mesh
