// The least that pings of many engines cost: one bare epoll loop over kept connections.
//   ping_floor DIR N PERIOD_MS TICK_MS SECONDS    engines DIR/0.sock … DIR/N-1.sock, each asked
//   once a period; those that are due are asked together, once a tick.
// Prints microseconds of CPU per ping.
#include <cerrno>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <string_view>
#include <vector>

#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

namespace {

using Clock = std::chrono::steady_clock;

constexpr std::string_view kRequest =
    "GET /_ping HTTP/1.1\r\nHost: docker\r\nUser-Agent: swarmward\r\n\r\n";

[[noreturn]] void fail(char const* what) {
  std::perror(what);
  std::exit(1);
}

int connected(std::string const& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::strncpy(address.sun_path, path.c_str(), sizeof address.sun_path - 1);
  int const fd = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (fd < 0 || ::connect(fd, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0) {
    fail(path.c_str());
  }
  return fd;
}

double cpu_us() {
  rusage used{};
  ::getrusage(RUSAGE_SELF, &used);
  auto const us = [](timeval time) {
    return static_cast<double>(time.tv_sec) * 1e6 + static_cast<double>(time.tv_usec);
  };
  return us(used.ru_utime) + us(used.ru_stime);
}

/// Takes what has been answered, and waits for no longer than `wait_ms`.
std::size_t take_answers(int epoll, int wait_ms) {
  epoll_event events[128];
  int const ready = ::epoll_wait(epoll, events, 128, wait_ms);
  char bytes[4096];
  for (int i = 0; i < ready; ++i) {
    if (::recv(events[i].data.fd, bytes, sizeof bytes, 0) <= 0) {
      fail("recv");
    }
  }
  return ready < 0 ? 0 : static_cast<std::size_t>(ready);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 6) {
    std::fputs("usage: ping_floor DIR N PERIOD_MS TICK_MS SECONDS\n", stderr);
    return 2;
  }
  std::string const folder = argv[1];
  std::size_t const count = std::stoul(argv[2]);
  std::chrono::nanoseconds const period = std::chrono::milliseconds(std::stol(argv[3]));
  std::chrono::nanoseconds const tick = std::chrono::milliseconds(std::stol(argv[4]));
  int const epoll = ::epoll_create1(EPOLL_CLOEXEC);
  std::vector<int> sockets;
  for (std::size_t i = 0; i < count; ++i) {
    sockets.push_back(connected(folder + "/" + std::to_string(i) + ".sock"));
    epoll_event event{EPOLLIN, {.fd = sockets.back()}};
    ::epoll_ctl(epoll, EPOLL_CTL_ADD, sockets.back(), &event);
  }
  auto const begun = Clock::now();
  auto const until = begun + std::chrono::seconds(std::stol(argv[5]));
  double const used = cpu_us();
  std::size_t asked = 0;
  std::size_t answered = 0;
  auto next = begun;
  while (Clock::now() < until) {
    next += tick;
    auto const due = static_cast<std::size_t>((next - begun) / (period / static_cast<long>(count)));
    for (; asked < due; ++asked) {
      if (::send(sockets[asked % count], kRequest.data(), kRequest.size(), MSG_NOSIGNAL) < 0) {
        fail("send");
      }
    }
    while (Clock::now() < next) {
      auto const left = std::chrono::ceil<std::chrono::milliseconds>(next - Clock::now());
      answered += take_answers(epoll, static_cast<int>(left.count()));
    }
  }
  std::printf("%.2f\n", (cpu_us() - used) / static_cast<double>(answered));
  return 0;
}
