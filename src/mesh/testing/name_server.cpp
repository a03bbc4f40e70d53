#include "mesh/testing/name_server.h"

#include <array>

#include <arpa/inet.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

namespace swarmward::mesh {
namespace {

constexpr int kTickMilliseconds = 20;

/// A socket for datagrams answers from the address that it is bound to, as long as there is one.
int open_bound(int type, int protocol, std::uint16_t port, std::string const& address = {}) {
  int const fd = socket(AF_INET, type | SOCK_CLOEXEC, protocol);
  int const yes = 1;
  setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof(yes));
  sockaddr_in where{};
  where.sin_family = AF_INET;
  where.sin_port = htons(port);
  static_cast<void>(inet_pton(AF_INET, address.c_str(), &where.sin_addr));
  if (bind(fd, reinterpret_cast<sockaddr*>(&where), sizeof(where)) != 0 ||
      (type == SOCK_STREAM && listen(fd, 128) != 0)) {
    close(fd);
    return -1;  // So it is with SCTP where the kernel has none.
  }
  return fd;
}

std::string address_text(sockaddr_in const& peer) {
  std::array<char, INET_ADDRSTRLEN> text{};
  return inet_ntop(AF_INET, &peer.sin_addr, text.data(), text.size());
}

}  // namespace

NameServer::NameServer(NetNamespace const& net, std::string name, std::uint16_t port)
    : name_(std::move(name)) {
  auto const opened = net.run([&]() -> Result<void> {
    streams_ = {open_bound(SOCK_STREAM, IPPROTO_TCP, port),
                open_bound(SOCK_STREAM, IPPROTO_SCTP, port)};
    datagrams_ = open_bound(SOCK_DGRAM, IPPROTO_UDP, port, name_);
    return {};
  });
  if (opened) {
    thread_ = std::thread([this] { serve(); });
  }
}

NameServer::~NameServer() {
  stop_ = true;
  if (thread_.joinable()) {
    thread_.join();
  }
  for (int const fd : {streams_[0], streams_[1], datagrams_}) {
    close(fd);
  }
}

void NameServer::serve() {
  std::array<pollfd, 3> sockets{pollfd{streams_[0], POLLIN, 0},
                                pollfd{streams_[1], POLLIN, 0},
                                pollfd{datagrams_, POLLIN, 0}};
  while (!stop_) {
    poll(sockets.data(), sockets.size(), kTickMilliseconds);
    sockaddr_in peer{};
    socklen_t size = sizeof(peer);
    for (std::size_t i = 0; i < streams_.size(); ++i) {
      if ((sockets[i].revents & POLLIN) != 0) {
        auto* const raw = reinterpret_cast<sockaddr*>(&peer);
        int const fd = accept4(streams_[i], raw, &size, SOCK_CLOEXEC);
        auto const answer = fmt::format("{} {}", name_, address_text(peer));
        static_cast<void>(send(fd, answer.data(), answer.size(), MSG_NOSIGNAL));
        close(fd);
      }
    }
    if ((sockets[2].revents & POLLIN) != 0) {
      char question = 0;
      recvfrom(datagrams_, &question, 1, 0, reinterpret_cast<sockaddr*>(&peer), &size);
      auto const answer = fmt::format("{} {}", name_, address_text(peer));
      sendto(datagrams_, answer.data(), answer.size(), 0, reinterpret_cast<sockaddr*>(&peer), size);
    }
  }
}

}  // namespace swarmward::mesh
