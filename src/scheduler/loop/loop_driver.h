#pragma once

#include <memory>

#include "scheduler/loop/control_loop.h"

namespace swarmward::scheduler {

/// Runs the control loop on the store's strand: at once after each change of the head (changes that
/// arrive before it runs are taken together), and when the loop asked to look again.
class LoopDriver {
 public:
  /// Before StateStore::load(); both outlive the driver's last handler.
  LoopDriver(state::StateStore& store, ControlLoop& loop, Clock const& clock);
  ~LoopDriver();
  LoopDriver(LoopDriver const&) = delete;
  LoopDriver& operator=(LoopDriver const&) = delete;

  /// The first pass, over everything. Any thread, after load().
  void start();

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace swarmward::scheduler
