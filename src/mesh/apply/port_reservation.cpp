#include "mesh/apply/port_reservation.h"

#include <cerrno>
#include <cstring>

#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/log.h"

namespace swarmward::mesh {
namespace {

constexpr int kBacklog = 128;
/// Nobody reads datagrams that come by version 6; few of them are kept.
constexpr int kDatagramBytes = 2048;

bool is_everywhere(Published const& port) {
  return port.at == Address{};
}

int open_socket(Published const& port) {
  int const family = is_everywhere(port) ? AF_INET6 : AF_INET;
  switch (port.protocol) {
    case model::Protocol::Udp:
      return socket(family, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    case model::Protocol::Sctp:
      return socket(family, SOCK_STREAM | SOCK_CLOEXEC, IPPROTO_SCTP);
    case model::Protocol::Tcp:
      break;
  }
  return socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0);
}

void set_option(int fd, int level, int option, int value) {
  static_cast<void>(setsockopt(fd, level, option, &value, sizeof(value)));
}

/// At its address, or at all addresses of both versions. Answers errno or 0.
int bind_to(int fd, Published const& port) {
  if (!is_everywhere(port)) {
    sockaddr_in where{};
    where.sin_family = AF_INET;
    where.sin_addr.s_addr = htonl(port.at.value);
    where.sin_port = htons(port.port);
    return bind(fd, reinterpret_cast<sockaddr const*>(&where), sizeof(where)) == 0 ? 0 : errno;
  }
  set_option(fd, IPPROTO_IPV6, IPV6_V6ONLY, 0);
  sockaddr_in6 where{};
  where.sin6_family = AF_INET6;
  where.sin6_addr = in6addr_any;
  where.sin6_port = htons(port.port);
  return bind(fd, reinterpret_cast<sockaddr const*>(&where), sizeof(where)) == 0 ? 0 : errno;
}

int occupy(int fd, Published const& port) {
  if (port.protocol == model::Protocol::Udp) {
    set_option(fd, SOL_SOCKET, SO_RCVBUF, kDatagramBytes);
  } else {
    // Connections that ended a moment ago do not keep the port from us.
    set_option(fd, SOL_SOCKET, SO_REUSEADDR, 1);
  }
  if (int const error = bind_to(fd, port); error != 0) {
    return error;
  }
  if (port.protocol != model::Protocol::Udp && listen(fd, kBacklog) != 0) {
    return errno;
  }
  return 0;
}

}  // namespace

PortReservation::PortReservation(NetNamespace const& host, Address ingress)
    : host_(host), ingress_(ingress) {}

PortReservation::~PortReservation() {
  hold({});
}

void PortReservation::hold(std::set<Published> const& wanted) {
  std::erase_if(refused_, [&](Published const& port) { return !wanted.contains(port); });
  for (auto entry = held_.begin(); entry != held_.end();) {
    auto const port = (entry++)->first;
    if (!wanted.contains(port)) {
      release(port);
    }
  }
  auto const taken = host_.run([&]() -> Result<void> {
    for (auto const& port : wanted) {
      if (!held_.contains(port)) {
        take(port);
      }
    }
    return {};
  });
  if (!taken) {
    room_log("mesh")->warn("ingress.ports_not_reserved reason={}", taken.error().message);
  }
}

void PortReservation::release(Published const& port) {
  auto const found = held_.find(port);
  if (found->second >= 0) {
    close(found->second);
  } else if (port.protocol == model::Protocol::Tcp) {
    relay_->stop(port.port);
  }
  held_.erase(found);
}

void PortReservation::take(Published const& port) {
  int const fd = open_socket(port);
  if (fd < 0 && (errno == EPROTONOSUPPORT || errno == EAFNOSUPPORT)) {
    held_[port] = -1;  // Nobody else can bind it either, or there is no second version to guard.
    return;
  }
  int const error = fd < 0 ? errno : occupy(fd, port);
  if (error != 0) {
    close(fd);
    // Nobody else can have it at an address that the host does not have now.
    if (error != EADDRNOTAVAIL && refused_.insert(port).second) {
      room_log("mesh")->warn(
          "ingress.port_taken port={} reason={}", published_text(port), std::strerror(error));
    }
    return;
  }
  refused_.erase(port);
  if (port.protocol != model::Protocol::Tcp || !is_everywhere(port)) {
    held_[port] = fd;
    return;
  }
  if (!relay_) {
    relay_ = std::make_unique<TcpRelay>(host_, ingress_);
  }
  relay_->serve(port.port, fd);
  held_[port] = -1;
}

}  // namespace swarmward::mesh
