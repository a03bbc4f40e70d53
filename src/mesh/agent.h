#pragma once

#include <filesystem>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "base/result.h"
#include "mesh/network_parts.h"
#include "model/network_plan.h"

namespace swarmward::mesh {

struct AgentOptions {
  /// Of the engine's networks: what their Driver is. Another one for each daemon of a host.
  std::string plugin_name = "swarmward";
  /// Where the engine looks for plugins. Source: dockerd.
  std::filesystem::path plugin_folder = "/run/docker/plugins";
  std::filesystem::path run_folder;  ///< Lost with a start of the host; namespaces are kept there.
  std::filesystem::path state_folder;  ///< Of this daemon alone.
  std::string data_path_address;       ///< This host's, for overlays; empty: the kernel's choice.
  /// Called in this order for what comes, and in the reverse for what goes. Must outlive the agent.
  std::vector<NetworkParts*> parts = {};
};

struct NetworkPaths;
/// Where an agent with these options keeps what it needs.
[[nodiscard]] NetworkPaths network_paths(AgentOptions const& options);

/// The networks of one host: serves the engine's network driver and makes the kernel fit the
/// manager's plan. Started and stopped by its owner; apply() may be called from any thread. Calls
/// block on the kernel and the disk, so they belong on no event loop. Needs root and the engine's
/// namespace.
class Agent {
 public:
  explicit Agent(AgentOptions options);
  ~Agent();
  Agent(Agent const&) = delete;
  Agent& operator=(Agent const&) = delete;

  /// Rebuilds what the kernel has lost from what was kept, then serves the engine. A network that
  /// cannot be rebuilt is logged and does not stop the others. Errors: InvalidArgument for bad
  /// options; Conflict where another process serves the plugin.
  [[nodiscard]] Result<void> start();

  /// Stops serving. All paths in the kernel stay and work on. May be called twice.
  void stop();

  /// Removes all networks from this host, also those that the engine still holds on to. After
  /// stop(): the engine is not served any more.
  [[nodiscard]] Result<void> remove();

  /// Carries out what is new in the plan, and keeps it for the next start. Goes on after an error
  /// and returns the first.
  [[nodiscard]] Result<void> apply(model::NetworkPlan plan);

  /// Makes all of the host fit the plan again, whoever changed it.
  [[nodiscard]] Result<void> reassert();

 private:
  class Door;

  AgentOptions options_;
  std::mutex mutex_;  ///< Over the networks: requests of the engine come on several threads.
  std::unique_ptr<Door> door_;
};

}  // namespace swarmward::mesh
