#pragma once

#include <condition_variable>
#include <deque>
#include <filesystem>
#include <mutex>
#include <thread>

#include "mesh/address.h"
#include "mesh/apply/net_namespace.h"

namespace swarmward::mesh {

/// How a task must answer over the ingress network: by way of its own node, which knows where the
/// connection entered, whoever the client is.
struct SandboxRoute {
  std::filesystem::path sandbox;  ///< Keeps the task's network namespace.
  Address address;                ///< The task's, in the ingress network.
  Subnet subnet;
  Address node;
};

/// Sets routes in tasks' namespaces as soon as the engine has put their interfaces there, which it
/// does only after its driver has answered. On a thread of its own.
class SandboxRoutes {
 public:
  SandboxRoutes();
  /// Routes that still wait for their interface are given up.
  ~SandboxRoutes();
  SandboxRoutes(SandboxRoutes const&) = delete;
  SandboxRoutes& operator=(SandboxRoutes const&) = delete;

  /// Any thread.
  void set(SandboxRoute route);

 private:
  void work();

  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<SandboxRoute> waiting_;
  bool stopped_ = false;
  std::thread thread_;
};

/// Sets it now. Errors: NotFound while the address is on no interface there; those of the kernel.
[[nodiscard]] Result<void> set_sandbox_route(SandboxRoute const& route);

}  // namespace swarmward::mesh
