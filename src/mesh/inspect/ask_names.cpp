#include "mesh/inspect/ask_names.h"

#include <array>
#include <chrono>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include "mesh/dns/ldns_types.h"
#include "mesh/dns/message.h"

namespace swarmward::mesh {
namespace {

using Steady = std::chrono::steady_clock;

constexpr std::chrono::milliseconds kAnswerPatience{1000};
/// So many questions at once: fewer than the kernel keeps for a slow listener.
constexpr std::size_t kAtOnce = 64;

struct OpenSocket {
  explicit OpenSocket(int type) : fd(socket(AF_INET, type | SOCK_CLOEXEC, 0)) {}
  ~OpenSocket() {
    if (fd >= 0) {
      close(fd);
    }
  }
  OpenSocket(OpenSocket const&) = delete;
  OpenSocket& operator=(OpenSocket const&) = delete;

  [[nodiscard]] bool connect_to(Address server, std::uint16_t port) const {
    timeval const limit{.tv_sec = 1, .tv_usec = 0};
    setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof(limit));
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit));
    sockaddr_in where{};
    where.sin_family = AF_INET;
    where.sin_port = htons(port);
    where.sin_addr.s_addr = htonl(server.value);
    return connect(fd, reinterpret_cast<sockaddr const*>(&where), sizeof(where)) == 0;
  }

  int fd;
};

/// A question for addresses; empty for a text that is no name.
std::string question_bytes(std::string const& name, std::uint16_t id) {
  ldns_rdf* const owner = ldns_dname_new_frm_str((name + ".").c_str());
  if (owner == nullptr) {
    return {};
  }
  dns::Ldns<ldns_pkt> const packet(
      ldns_pkt_query_new(owner, LDNS_RR_TYPE_A, LDNS_RR_CLASS_IN, LDNS_RD));
  if (!packet) {
    return {};
  }
  ldns_pkt_set_id(packet.get(), id);
  ldns_pkt_set_edns_udp_size(packet.get(), dns::kLargestUdpBytes);
  std::uint8_t* bytes = nullptr;
  std::size_t size = 0;
  if (ldns_pkt2wire(&bytes, packet.get(), &size) != LDNS_STATUS_OK) {
    return {};
  }
  dns::Ldns<std::uint8_t> const owned_bytes(bytes);
  return {reinterpret_cast<char const*>(bytes), size};
}

struct NameReply {
  std::uint16_t id = 0;
  bool cut = false;  ///< Too long for a datagram.
  std::set<Address> addresses;
};

std::optional<NameReply> parse_reply(std::string_view bytes) {
  ldns_pkt* parsed = nullptr;
  if (ldns_wire2pkt(&parsed, dns::wire(bytes), bytes.size()) != LDNS_STATUS_OK) {
    return std::nullopt;
  }
  dns::Ldns<ldns_pkt> const packet(parsed);
  NameReply reply{.id = ldns_pkt_id(parsed), .cut = ldns_pkt_tc(parsed), .addresses = {}};
  for (std::size_t i = 0; i < ldns_pkt_ancount(parsed); ++i) {
    auto const* const record = ldns_rr_list_rr(ldns_pkt_answer(parsed), i);
    auto const* const data = ldns_rr_rdf(record, 0);
    if (ldns_rr_get_type(record) == LDNS_RR_TYPE_A && data != nullptr && ldns_rdf_size(data) == 4) {
      auto const* const octets = ldns_rdf_data(data);
      reply.addresses.insert({static_cast<std::uint32_t>(octets[0]) << 24U |
                              static_cast<std::uint32_t>(octets[1]) << 16U |
                              static_cast<std::uint32_t>(octets[2]) << 8U | octets[3]});
    }
  }
  return reply;
}

/// Exactly so many bytes, or less where the other side ends or is slow.
std::string receive(int fd, std::size_t size) {
  std::string bytes(size, '\0');
  std::size_t have = 0;
  while (have < size) {
    auto const got = recv(fd, bytes.data() + have, size - have, 0);
    if (got <= 0) {
      break;
    }
    have += static_cast<std::size_t>(got);
  }
  bytes.resize(have);
  return bytes;
}

/// The same question where there is room for any answer.
std::optional<NameReply> ask_at_length(Address server,
                                       std::uint16_t port,
                                       std::string const& question) {
  OpenSocket const stream(SOCK_STREAM);
  if (!stream.connect_to(server, port)) {
    return std::nullopt;
  }
  auto const size = htons(static_cast<std::uint16_t>(question.size()));
  std::string const message =
      std::string(reinterpret_cast<char const*>(&size), sizeof(size)) + question;
  if (send(stream.fd, message.data(), message.size(), MSG_NOSIGNAL) !=
      static_cast<ssize_t>(message.size())) {
    return std::nullopt;
  }
  auto const head = receive(stream.fd, 2);
  if (head.size() != 2) {
    return std::nullopt;
  }
  auto const length = static_cast<std::size_t>(static_cast<std::uint8_t>(head[0])) << 8U |
                      static_cast<std::uint8_t>(head[1]);
  return parse_reply(receive(stream.fd, length));
}

/// Some names in one go. Their places in `names` are the ids of their questions.
class NameRound {
 public:
  NameRound(Address server, std::uint16_t port, std::map<std::string, std::set<Address>>& answers)
      : server_(server), port_(port), answers_(answers) {}

  /// False if nobody answered anything.
  bool ask(std::vector<std::string> const& names, std::size_t begin) {
    OpenSocket const socket(SOCK_DGRAM);
    if (!socket.connect_to(server_, port_)) {
      return false;
    }
    std::map<std::uint16_t, std::string> open;
    for (auto at = begin; at < std::min(names.size(), begin + kAtOnce); ++at) {
      auto const id = static_cast<std::uint16_t>(at);
      auto const question = question_bytes(names[at], id);
      if (!question.empty() && send(socket.fd, question.data(), question.size(), 0) > 0) {
        open[id] = names[at];
      }
    }
    auto const asked = open.size();
    auto const until = Steady::now() + kAnswerPatience;
    while (!open.empty() && wait_for_reply(socket.fd, until)) {
      take(socket.fd, open);
    }
    return asked == 0 || open.size() < asked;
  }

 private:
  static bool wait_for_reply(int fd, Steady::time_point until) {
    auto const left =
        std::chrono::duration_cast<std::chrono::milliseconds>(until - Steady::now()).count();
    pollfd waiting{.fd = fd, .events = POLLIN, .revents = 0};
    return left > 0 && poll(&waiting, 1, static_cast<int>(left)) > 0 &&
           (waiting.revents & POLLIN) != 0;
  }

  void take(int fd, std::map<std::uint16_t, std::string>& open) {
    std::array<char, dns::kLargestUdpBytes> bytes{};
    auto const size = recv(fd, bytes.data(), bytes.size(), 0);
    auto reply =
        size > 0 ? parse_reply({bytes.data(), static_cast<std::size_t>(size)}) : std::nullopt;
    auto const asked = reply ? open.find(reply->id) : open.end();
    if (asked == open.end()) {
      return;
    }
    if (reply->cut) {
      reply = ask_at_length(server_, port_, question_bytes(asked->second, asked->first));
    }
    if (reply) {
      answers_[asked->second] = std::move(reply->addresses);
    }
    open.erase(asked);
  }

  Address server_;
  std::uint16_t port_;
  std::map<std::string, std::set<Address>>& answers_;
};

}  // namespace

std::map<std::string, std::set<Address>> ask_names(NetNamespace const& home,
                                                   Address server,
                                                   std::vector<std::string> const& names,
                                                   std::uint16_t port) {
  std::map<std::string, std::set<Address>> answers;
  static_cast<void>(home.run([&]() -> Result<void> {
    NameRound round(server, port, answers);
    for (std::size_t at = 0; at < names.size(); at += kAtOnce) {
      if (!round.ask(names, at)) {
        break;  // The others would take a second each.
      }
    }
    return {};
  }));
  return answers;
}

}  // namespace swarmward::mesh
