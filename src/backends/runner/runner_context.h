#pragma once

#include <functional>
#include <string>

#include "backends/runner/container_labels.h"
#include "backends/runner/file_keeper.h"
#include "backends/runner/gate.h"
#include "backends/runner/image_puller.h"
#include "backends/runner/network_keeper.h"
#include "backends/runner/runner_types.h"

namespace swarmward::backends {

/// What the parts of one node's runner share. Outlives the NodeRunner as long as a call to the
/// engine is in flight; after `stopped` nothing here but the engine is touched.
struct RunnerContext {
  RunnerContext(asio::any_io_executor io,
                std::shared_ptr<Engine> node_engine,
                NodeIdentity node,
                RunnerSink& reports_to,
                Clock const& time,
                Delays timers,
                LabelPolicy labels,
                std::shared_ptr<TaskFiles> task_files);

  /// Made when the first task needs an image.
  ImagePuller& images();
  /// Operations in flight follow the size of the engine's machine.
  void set_cpus(unsigned cpus);
  void stop();

  asio::any_io_executor executor;
  std::shared_ptr<Engine> engine;
  NodeIdentity identity;
  RunnerSink& sink;
  Clock const& clock;
  Delays delays;
  LabelPolicy label_policy;
  bool connected = false;  ///< And the containers have been listed.
  bool stopped = false;
  /// For who finds that the engine takes no new connections: nothing more is begun there until it
  /// does. Empty before the start.
  std::function<void(std::string const& error)> lose_engine;
  /// Somebody who ended may have been the last in a network. Empty before the start.
  std::function<void()> networks_left;
  bool live_restore = false;  ///< The engine's containers outlive it.
  Gate starts;                ///< Creating and starting.
  Gate stops;                 ///< Apart, so that ending a task never waits for others to begin.
  Gate removes;
  Gate looks;  ///< Inspecting, which is cheap.
  std::shared_ptr<NetworkKeeper> networks;
  std::shared_ptr<FileKeeper> files;  ///< Never null.

 private:
  std::shared_ptr<ImagePuller> images_;
};

}  // namespace swarmward::backends
