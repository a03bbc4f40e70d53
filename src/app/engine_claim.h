#pragma once

#include <filesystem>
#include <string>

#include "app/host_files.h"
#include "base/result.h"

namespace swarmward::app {

/// The right to run a swarm's tasks on an engine: of the daemons of this host one has it at a time,
/// for two would fight over its networks and containers. It goes with the process. Known by the
/// engine's address, so that nobody has to answer. Io thread only.
class EngineClaim {
 public:
  /// `engine` as `--engine` takes it; daemons meet in `folder`.
  explicit EngineClaim(std::string engine, std::filesystem::path folder = "/run/swarmward/engines");

  EngineClaim(EngineClaim&&) = default;
  EngineClaim& operator=(EngineClaim&&) = delete;
  EngineClaim(EngineClaim const&) = delete;
  EngineClaim& operator=(EngineClaim const&) = delete;
  ~EngineClaim() { release(); }

  /// Also where it is held already. Who may not write to the folder is not kept back. Errors:
  /// Conflict, with cause and cure.
  [[nodiscard]] Result<void> take();
  /// Leaves no file behind.
  void release();

 private:
  [[nodiscard]] bool is_file(int descriptor) const;

  std::string engine_;
  std::filesystem::path file_;
  OwnedFile lock_;
};

}  // namespace swarmward::app
