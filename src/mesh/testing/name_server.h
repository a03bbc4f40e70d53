#pragma once

#include <array>
#include <atomic>
#include <string>
#include <thread>

#include "mesh/apply/net_namespace.h"

namespace swarmward::mesh {

/// Stands for a task: answers "NAME PEER", where PEER is the address that it sees, to each
/// connection of TCP and SCTP and each datagram of UDP to its port, in a namespace. A thread of its
/// own.
class NameServer {
 public:
  NameServer(NetNamespace const& net, std::string name, std::uint16_t port);
  ~NameServer();
  NameServer(NameServer const&) = delete;
  NameServer& operator=(NameServer const&) = delete;

 private:
  void serve();

  std::string name_;
  std::array<int, 2> streams_{-1, -1};  ///< TCP, SCTP.
  int datagrams_ = -1;
  std::atomic<bool> stop_{false};
  std::thread thread_;
};

}  // namespace swarmward::mesh
