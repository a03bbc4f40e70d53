#pragma once

#include <chrono>
#include <map>
#include <string>

#include "mesh/apply/net_namespace.h"

namespace swarmward::mesh {

/// What a client connects to: "10.0.1.5" or "::1".
struct Target {
  std::string address;
  std::uint16_t port = 0;
};

/// For who expects an answer: long enough for a machine that does much else.
inline constexpr std::chrono::seconds kPatiently{10};
/// For who expects none.
inline constexpr std::chrono::milliseconds kBriefly{500};

/// A new connection of TCP out of the namespace: all that the server says, or "" if it is refused
/// or nothing comes for so long.
/// `local_port` 0: the kernel's choice.
[[nodiscard]] std::string ask_tcp(NetNamespace const& from,
                                  Target const& target,
                                  std::chrono::milliseconds patience = kPatiently,
                                  std::uint16_t local_port = 0);

/// The same by SCTP; "" also where the kernel has none.
[[nodiscard]] std::string ask_sctp(NetNamespace const& from, Target const& target);

/// Asks as many times; how often each answer came.
[[nodiscard]] std::map<std::string, int> ask_often(NetNamespace const& from,
                                                   Target const& target,
                                                   int times);

/// One socket of UDP: all its datagrams are one flow.
class UdpAsker {
 public:
  explicit UdpAsker(NetNamespace const& from);
  ~UdpAsker();
  UdpAsker(UdpAsker const&) = delete;
  UdpAsker& operator=(UdpAsker const&) = delete;

  /// "" without an answer within half a second.
  [[nodiscard]] std::string ask(Target const& target) const;

 private:
  int fd_ = -1;
};

/// A connection of TCP that stays open, seen from both its ends.
class OpenConnection {
 public:
  /// From a client to a server of its own, which it reaches by `target`.
  OpenConnection(NetNamespace const& client, NetNamespace const& server, Target const& target);
  ~OpenConnection();
  OpenConnection(OpenConnection const&) = delete;
  OpenConnection& operator=(OpenConnection const&) = delete;

  /// Does a byte get through each way, in half a second each?
  [[nodiscard]] bool carries() const;

 private:
  int client_ = -1;
  int server_ = -1;
};

/// Does the address answer an echo request within half a second?
[[nodiscard]] bool answers_ping(NetNamespace const& from, std::string const& address);

/// Output of a command of the shell in the namespace; "FAILED ..." if it ends with an error.
std::string shell(NetNamespace const& net, std::string const& command);

}  // namespace swarmward::mesh
