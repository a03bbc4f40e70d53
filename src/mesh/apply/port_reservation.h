#pragma once

#include <map>
#include <memory>
#include <set>

#include "mesh/apply/net_namespace.h"
#include "mesh/apply/tcp_relay.h"
#include "mesh/render/published_rules.h"

namespace swarmward::mesh {

/// Keeps published ports from other programs of the host, which get EADDRINUSE: a socket for each,
/// of both versions of IP unless only some addresses answer. Connections of TCP that reach such a
/// socket (by version 6) are carried on to the ingress address; datagrams and SCTP by version 6 are
/// not answered. One caller at a time.
class PortReservation {
 public:
  /// `host` must outlive the value. `ingress` answers on the same ports.
  PortReservation(NetNamespace const& host, Address ingress);
  ~PortReservation();
  PortReservation(PortReservation const&) = delete;
  PortReservation& operator=(PortReservation const&) = delete;

  /// Keeps these ports and no others. One that another program has is logged once and tried again
  /// at the next call: the port is published all the same, as native does.
  void hold(std::set<Published> const& wanted);

  [[nodiscard]] bool holds(Published const& port) const { return held_.contains(port); }

 private:
  void release(Published const& port);
  void take(Published const& port);

  NetNamespace const& host_;
  Address ingress_;
  std::unique_ptr<TcpRelay> relay_;  ///< Made for the first port of TCP.
  /// The socket, or -1 where the relay has it or the kernel does not know the protocol.
  std::map<Published, int> held_;
  std::set<Published> refused_;  ///< Those already told of.
};

}  // namespace swarmward::mesh
