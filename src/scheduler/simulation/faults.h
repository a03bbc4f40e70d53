#pragma once

#include "scheduler/simulation/manager.h"

namespace swarmward::scheduler::simulation {

/// Lets engines, links, the disk and the manager's process fail at random and come back.
class Faults {
 public:
  struct Rates {
    Duration per_engine = std::chrono::minutes(12);  ///< Mean time between two faults.
    Duration per_container = std::chrono::minutes(10);
    Duration disk = std::chrono::minutes(40);
    Duration process = std::chrono::minutes(30);
  };
  /// `crash` ends the manager's process for that long.
  Faults(Stage& stage,
         Random random,
         Engines& engines,
         Disk& disk,
         std::function<void(Duration)> crash,
         Rates rates);

  void begin();
  /// Everything works again.
  void end();

 private:
  void again(Duration mean, std::function<void()> what);
  void hit(SimEngine& engine);
  void kill_some_container();
  void change_resources(SimEngine& engine);
  void restore_after(SimEngine& engine, Duration time);
  Duration outage();

  Stage& stage_;
  Random random_;
  Engines& engines_;
  Disk& disk_;
  std::function<void(Duration)> crash_;
  Rates rates_;
};

}  // namespace swarmward::scheduler::simulation
