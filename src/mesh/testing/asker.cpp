#include "mesh/testing/asker.h"

#include <array>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/ip.h>
#include <netinet/ip_icmp.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include "mesh/apply/run_program.h"

namespace swarmward::mesh {
namespace {

struct Where {
  sockaddr_storage bytes{};
  socklen_t size = 0;
};

Where where_of(Target const& target) {
  Where where;
  auto* const four = reinterpret_cast<sockaddr_in*>(&where.bytes);
  if (inet_pton(AF_INET, target.address.c_str(), &four->sin_addr) == 1) {
    four->sin_family = AF_INET;
    four->sin_port = htons(target.port);
    where.size = sizeof(*four);
    return where;
  }
  auto* const six = reinterpret_cast<sockaddr_in6*>(&where.bytes);
  inet_pton(AF_INET6, target.address.c_str(), &six->sin6_addr);
  six->sin6_family = AF_INET6;
  six->sin6_port = htons(target.port);
  where.size = sizeof(*six);
  return where;
}

/// The limit is for connecting too.
void limit_waits(int fd, std::chrono::milliseconds patience) {
  timeval const limit{.tv_sec = patience.count() / 1000, .tv_usec = patience.count() % 1000 * 1000};
  setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof(limit));
  setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit));
}

/// Of version 4. A connection that has just ended from there does not matter.
void bind_port(int fd, std::uint16_t port) {
  int const on = 1;
  setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
  sockaddr_in where{};
  where.sin_family = AF_INET;
  where.sin_port = htons(port);
  static_cast<void>(bind(fd, reinterpret_cast<sockaddr const*>(&where), sizeof(where)));
}

std::string read_answer(int fd) {
  std::string answer;
  std::array<char, 256> piece{};
  ssize_t size = 0;
  while ((size = recv(fd, piece.data(), piece.size(), 0)) > 0) {
    answer.append(piece.data(), static_cast<std::size_t>(size));
  }
  return answer;
}

/// `local_port` 0: the kernel's choice.
std::string ask_stream(NetNamespace const& from,
                       Target const& target,
                       int protocol,
                       std::chrono::milliseconds patience,
                       std::uint16_t local_port) {
  std::string answer;
  auto const asked = from.run([&]() -> Result<void> {
    auto const where = where_of(target);
    int const fd = socket(where.bytes.ss_family, SOCK_STREAM | SOCK_CLOEXEC, protocol);
    limit_waits(fd, patience);
    if (local_port != 0) {
      bind_port(fd, local_port);
    }
    if (connect(fd, reinterpret_cast<sockaddr const*>(&where.bytes), where.size) == 0) {
      answer = read_answer(fd);
    }
    close(fd);
    return {};
  });
  return asked ? answer : asked.error().message;
}

}  // namespace

std::string ask_tcp(NetNamespace const& from,
                    Target const& target,
                    std::chrono::milliseconds patience,
                    std::uint16_t local_port) {
  return ask_stream(from, target, IPPROTO_TCP, patience, local_port);
}

std::string ask_sctp(NetNamespace const& from, Target const& target) {
  return ask_stream(from, target, IPPROTO_SCTP, kPatiently, 0);
}

std::map<std::string, int> ask_often(NetNamespace const& from, Target const& target, int times) {
  std::map<std::string, int> counts;
  for (int i = 0; i < times; ++i) {
    ++counts[ask_tcp(from, target)];
  }
  return counts;
}

UdpAsker::UdpAsker(NetNamespace const& from) {
  static_cast<void>(from.run([this]() -> Result<void> {
    fd_ = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    limit_waits(fd_, kBriefly);
    return {};
  }));
}

UdpAsker::~UdpAsker() {
  close(fd_);
}

std::string UdpAsker::ask(Target const& target) const {
  auto const where = where_of(target);
  sendto(fd_, "?", 1, 0, reinterpret_cast<sockaddr const*>(&where.bytes), where.size);
  std::array<char, 256> answer{};
  auto const size = recv(fd_, answer.data(), answer.size(), 0);
  return size > 0 ? std::string(answer.data(), static_cast<std::size_t>(size)) : std::string();
}

OpenConnection::OpenConnection(NetNamespace const& client,
                               NetNamespace const& server,
                               Target const& target) {
  int listener = -1;
  static_cast<void>(server.run([&]() -> Result<void> {
    listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    limit_waits(listener, kPatiently);
    bind_port(listener, target.port);
    static_cast<void>(listen(listener, 1));
    return {};
  }));
  static_cast<void>(client.run([&]() -> Result<void> {
    client_ = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    limit_waits(client_, kPatiently);
    auto const where = where_of(target);
    static_cast<void>(
        connect(client_, reinterpret_cast<sockaddr const*>(&where.bytes), where.size));
    return {};
  }));
  server_ = accept4(listener, nullptr, nullptr, SOCK_CLOEXEC);
  close(listener);
  limit_waits(client_, kBriefly);
  limit_waits(server_, kBriefly);
}

OpenConnection::~OpenConnection() {
  close(client_);
  close(server_);
}

bool OpenConnection::carries() const {
  char got = 0;
  auto const passes = [&got](int from, int to) {
    return send(from, "!", 1, MSG_NOSIGNAL) == 1 && recv(to, &got, 1, 0) == 1;
  };
  return passes(client_, server_) && passes(server_, client_);
}

bool answers_ping(NetNamespace const& from, std::string const& address) {
  bool answered = false;
  static_cast<void>(from.run([&]() -> Result<void> {
    int const fd = socket(AF_INET, SOCK_RAW | SOCK_CLOEXEC, IPPROTO_ICMP);
    limit_waits(fd, kBriefly);
    auto const where = where_of({address, 0});
    icmphdr request{};
    request.type = ICMP_ECHO;
    request.checksum = static_cast<std::uint16_t>(~htons(ICMP_ECHO << 8U));
    sendto(fd,
           &request,
           sizeof(request),
           0,
           reinterpret_cast<sockaddr const*>(&where.bytes),
           where.size);
    std::array<std::uint8_t, 256> answer{};
    while (!answered && recv(fd, answer.data(), answer.size(), 0) > 0) {
      answered = answer[sizeof(iphdr)] == ICMP_ECHOREPLY;
    }
    close(fd);
    return {};
  }));
  return answered;
}

std::string shell(NetNamespace const& net, std::string const& command) {
  std::string output;
  auto const ran = net.run([&]() -> Result<void> {
    auto const done = run_program({"sh", "-c", command});
    output = !done ? "FAILED " + done.error().message
                   : (done->status == 0 ? "" : "FAILED ") + done->output;
    return {};
  });
  return ran ? output : "FAILED " + ran.error().message;
}

}  // namespace swarmward::mesh
