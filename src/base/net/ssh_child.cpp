#include "base/net/ssh_child.h"

#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>

#include <boost/asio/local/stream_protocol.hpp>
#include <fcntl.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

namespace swarmward::net {

namespace {

using boost::system::error_code;

/// Of what a program writes to its standard error, so much is looked at.
constexpr std::size_t kMostWritten = 4096;
constexpr std::size_t kLongestLine = 300;

struct Ends {
  std::array<int, 2> pair{-1, -1};
  std::array<int, 2> errors{-1, -1};
  void close_all() const {
    for (auto const fd : {pair[0], pair[1], errors[0], errors[1]}) {
      if (fd >= 0) {
        ::close(fd);
      }
    }
  }
};

/// Zero or the number of an error. The program gets its three files, no others, and no signals that
/// are blocked or ignored here.
int spawn(Ends const& ends, std::vector<std::string>& arguments, pid_t& pid) {
  std::vector<char*> argv;
  for (auto& each : arguments) {
    argv.push_back(each.data());
  }
  argv.push_back(nullptr);
  posix_spawn_file_actions_t files;
  posix_spawnattr_t attributes;
  ::posix_spawn_file_actions_init(&files);
  ::posix_spawnattr_init(&attributes);
  ::posix_spawn_file_actions_adddup2(&files, ends.pair[1], STDIN_FILENO);
  ::posix_spawn_file_actions_adddup2(&files, ends.pair[1], STDOUT_FILENO);
  ::posix_spawn_file_actions_adddup2(&files, ends.errors[1], STDERR_FILENO);
  ::posix_spawn_file_actions_addclosefrom_np(&files, STDERR_FILENO + 1);
  sigset_t none;
  sigset_t all;
  ::sigemptyset(&none);
  ::sigfillset(&all);
  ::posix_spawnattr_setsigmask(&attributes, &none);
  ::posix_spawnattr_setsigdefault(&attributes, &all);
  ::posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
  int const failed =
      ::posix_spawnp(&pid, argv.front(), &files, &attributes, argv.data(), ::environ);
  ::posix_spawnattr_destroy(&attributes);
  ::posix_spawn_file_actions_destroy(&files);
  return failed;
}

}  // namespace

SshChild::SshChild(
    asio::any_io_executor const& executor, pid_t pid, int pid_file, int end, int errors)
    : pid_(pid),
      pid_file_(executor, pid_file),
      end_(executor, asio::local::stream_protocol(), end),
      errors_(executor, errors) {}

SshChild::~SshChild() {
  kill();
  reap();
}

Result<SshChild::Started> SshChild::start(asio::any_io_executor const& executor,
                                          std::vector<std::string> arguments) {
  Ends ends;
  if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.pair.data()) != 0 ||
      ::pipe2(ends.errors.data(), O_CLOEXEC) != 0) {
    auto const reason = std::string(std::strerror(errno));
    ends.close_all();
    return unavailable("cannot start " + arguments.front() + ": " + reason);
  }
  pid_t pid = 0;
  if (int const failed = spawn(ends, arguments, pid); failed != 0) {
    ends.close_all();
    return unavailable("cannot start " + arguments.front() + ": " + std::strerror(failed));
  }
  auto const pid_file = static_cast<int>(::syscall(SYS_pidfd_open, pid, 0));
  if (pid_file < 0) {
    auto const reason = std::string(std::strerror(errno));
    ends.close_all();
    ::kill(pid, SIGKILL);
    ::waitpid(pid, nullptr, 0);
    return unavailable("cannot watch " + arguments.front() + ": " + reason);
  }
  ::close(ends.errors[1]);
  ::fcntl(ends.errors[0], F_SETFL, O_NONBLOCK);
  auto child = std::make_shared<SshChild>(executor, pid, pid_file, ends.pair[1], ends.errors[0]);
  child->watch();
  return Started{child, StreamSocket(executor, asio::local::stream_protocol(), ends.pair[0])};
}

void SshChild::watch() {
  pid_file_.async_wait(asio::posix::stream_descriptor::wait_read,
                       [self = shared_from_this()](error_code error) {
                         if (!error) {
                           self->reap();
                         }
                       });
  // A pair of sockets reports the end of the other as an error to whoever waits for one.
  end_.async_wait(StreamSocket::wait_error, [self = shared_from_this()](error_code error) {
    if (!error) {
      self->kill();
    }
  });
}

void SshChild::kill() {
  if (pid_ != 0) {
    ::kill(pid_, SIGKILL);
  }
}

void SshChild::reap() {
  if (pid_ == 0) {
    return;
  }
  ::waitpid(pid_, nullptr, 0);
  pid_ = 0;
  error_code ignored;
  read_errors();
  end_.shutdown(StreamSocket::shutdown_both, ignored);
  end_.close(ignored);
  errors_.close(ignored);
  pid_file_.close(ignored);
}

void SshChild::read_errors() {
  std::array<char, 1024> buffer{};
  while (errors_.is_open()) {
    auto const got = ::read(errors_.native_handle(), buffer.data(), buffer.size());
    if (got <= 0) {
      break;
    }
    written_.append(buffer.data(), static_cast<std::size_t>(got));
    if (written_.size() > kMostWritten) {
      written_.erase(0, written_.size() - kMostWritten);
    }
  }
}

std::string SshChild::last_words() {
  read_errors();
  auto text = written_;
  while (!text.empty() && (text.back() == '\n' || text.back() == '\r')) {
    text.pop_back();
  }
  auto const line = text.rfind('\n');
  return text.substr(line == std::string::npos ? 0 : line + 1).substr(0, kLongestLine);
}

}  // namespace swarmward::net
