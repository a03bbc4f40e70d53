#pragma once

#include <optional>
#include <thread>
#include <vector>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>

#include "mesh/apply/balancing_parts.h"
#include "mesh/apply/encryption_parts.h"
#include "mesh/backend.h"
#include "mesh/dns/dns_parts.h"

namespace swarmward::app {

/// What overlays have beside their wires on this host. Names are answered on a thread of their own,
/// so that nobody waits for the kernel's changes or for other servers.
class HostParts {
 public:
  HostParts() : thread_([this] { io_.run(); }) {}
  ~HostParts() {
    io_.stop();
    thread_.join();
  }
  HostParts(HostParts const&) = delete;
  HostParts& operator=(HostParts const&) = delete;

  /// In the order of an agent's options. Called once. Errors: Unavailable if this thread's
  /// namespace cannot be held.
  [[nodiscard]] Result<std::vector<mesh::NetworkParts*>> list(bool kernel_can_encrypt,
                                                              mesh::ChosenBackend const& backend) {
    auto host = mesh::NetNamespace::current();
    if (!host) {
      return host.error();
    }
    host_.emplace(std::move(*host));
    auto balancing = mesh::BalancingParts::make(*host_, mesh::Ingress::kDefaultLink, backend);
    if (!balancing) {
      return balancing.error();
    }
    balancing_.emplace(std::move(*balancing));
    encryption_.emplace(*host_, kernel_can_encrypt);
    return std::vector<mesh::NetworkParts*>{&*encryption_, &*balancing_, &dns_};
  }

 private:
  boost::asio::io_context io_{1};
  boost::asio::executor_work_guard<boost::asio::io_context::executor_type> guard_{
      io_.get_executor()};
  std::optional<mesh::NetNamespace> host_;
  std::optional<mesh::EncryptionParts> encryption_;
  std::optional<mesh::BalancingParts> balancing_;
  mesh::DnsParts dns_{io_};
  std::thread thread_;
};

}  // namespace swarmward::app
