#pragma once

#include <memory>

#include "app/options.h"

namespace swarmward::app {

/// The whole daemon, wired from its parts.
class Daemon {
 public:
  explicit Daemon(Options options);
  ~Daemon();
  Daemon(Daemon const&) = delete;
  Daemon& operator=(Daemon const&) = delete;

  /// Gets everything ready up to the listeners. Errors name cause and cure.
  Result<void> start();
  /// Serves until SIGTERM or SIGINT.
  void run();

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace swarmward::app
