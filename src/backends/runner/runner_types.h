#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "backends/engine.h"
#include "base/result.h"
#include "model/attachment.h"
#include "model/network_plan.h"
#include "model/task.h"
#include "model/task_file.h"

namespace swarmward::backends {

/// The node whose containers a runner keeps, as labels and templates name it.
struct NodeIdentity {
  model::NodeId id;
  std::string hostname;  ///< As the engine last said; so is the platform.
  model::Platform platform;
};

/// A task this node should have.
struct Assignment {
  std::shared_ptr<model::Task const> task;     ///< Never null.
  std::string registry_auth;                   ///< X-Registry-Auth; never logged.
  std::vector<model::TaskNetwork> networks{};  ///< In the order of its interfaces.
  /// Its secrets and configs, or why they cannot be given: the task fails with that text.
  Result<std::vector<model::TaskFile>> files = std::vector<model::TaskFile>{};
};

/// Takes a text for a task's status.
using Tell = std::function<void(std::string const&)>;

/// A credential that the swarm has for a registry.
struct StoredLogin {
  std::string server;
  std::string registry_auth;  ///< X-Registry-Auth; never logged.
};

/// What the connection to an engine shows.
struct EngineObservation {
  bool reachable = false;
  std::optional<EngineInfo> info;  ///< Present when reachable.
  std::string error;               ///< Why it is not reachable.
};

/// Takes what runners observe; implemented outside. Called on the io thread, never from inside a
/// call of the owner into the runner.
class RunnerSink {
 public:
  virtual ~RunnerSink() = default;
  virtual void report(model::NodeId node, model::TaskId task, model::TaskStatus status) = 0;
  /// What the engine shows of the node's attachments; told again and again, changed or not.
  virtual void attached(model::NodeId node, std::vector<model::SeenAttachment> seen) = 0;
  virtual void observe(model::NodeId node, EngineObservation observation) = 0;
  /// Done once no node sends new connections to tasks that were told to stop before this call.
  virtual asio::awaitable<void> withdrawn() = 0;
  /// Brings an image that some other node's engine has to this one's; `tell` hears how far it is.
  /// NotFound: no other node has it.
  virtual asio::awaitable<Result<void>> copy_image(model::NodeId to,
                                                   std::string reference,
                                                   Tell tell) = 0;
  /// The credential stored for the registry of an image; nothing if there is none.
  [[nodiscard]] virtual std::optional<StoredLogin> stored_login(std::string const& reference) = 0;
};

/// The runner's timers; tests shorten them.
struct Delays {
  std::chrono::milliseconds ping{2000};
  std::chrono::milliseconds reconnect{500};
  std::chrono::milliseconds observe_failure{2000};  ///< Failures are repeated at most this often.
  std::chrono::milliseconds refresh{20000};         ///< The engine is asked for its info again.
  std::chrono::milliseconds resync{60000};          ///< Containers are listed though all is well.
  std::chrono::milliseconds bunch{50};              ///< Events of other containers are gathered.
  std::chrono::milliseconds retry{1000};            ///< After a passing failure of a step.
  /// A stop that takes longer gives its slot to the next one: it only waits for a process that uses
  /// its grace period.
  std::chrono::milliseconds slow_stop{250};
  std::chrono::seconds pull_reuse{30};  ///< How long the answer to a pull serves later tasks.
  /// From the withdrawal of a task to its stop signal: what has just come in is still served.
  std::chrono::milliseconds settle{100};
  /// From the end of the last task in a network of the engine's own to its removal.
  std::chrono::milliseconds network_stays{2000};
  unsigned attempts = 3;  ///< Of a step that fails with a passing error.
};

}  // namespace swarmward::backends
