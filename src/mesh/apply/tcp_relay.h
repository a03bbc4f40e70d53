#pragma once

#include <cstdint>
#include <memory>

#include "mesh/address.h"
#include "mesh/apply/net_namespace.h"

namespace swarmward::mesh {

/// Carries connections that a listening socket accepts on to the same port of another address.
/// Connections to published ports reach such a socket only where no rule takes them before: by
/// version 6, or while somebody has flushed the rules. One thread of its own does all the work;
/// calls may come from any other. Connections end with the value.
class TcpRelay {
 public:
  /// `host` must outlive the value: connections are made in it.
  TcpRelay(NetNamespace const& host, Address to);
  ~TcpRelay();
  TcpRelay(TcpRelay const&) = delete;
  TcpRelay& operator=(TcpRelay const&) = delete;

  /// Takes over a bound socket of version 6 that listens on the port.
  void serve(std::uint16_t port, int listener);

  /// The port is free when this returns; connections that were accepted go on.
  void stop(std::uint16_t port);

 private:
  struct Worker;
  std::unique_ptr<Worker> worker_;
};

}  // namespace swarmward::mesh
