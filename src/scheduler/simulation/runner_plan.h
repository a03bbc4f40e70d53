#pragma once

#include "scheduler/simulation/engine.h"

namespace swarmward::scheduler::simulation {

enum class Image { Wanted, Coming, Ready };

/// What a runner knows of one task.
struct RunnerTask {
  state::TaskPtr task;       ///< As it was last assigned.
  model::TaskStatus status;  ///< As last reported.
  Phase phase = Phase::None;
  Health health = Health::None;
  Image image = Image::Wanted;
  std::int64_t exit_code = 0;
  bool present = false;
  bool look_again = false;
  bool unhealthy = false;
  bool start_attempted = false;
  bool gone = false;      ///< No longer assigned.
  bool busy = false;      ///< An answer of the engine is awaited.
  bool stopping = false;  ///< It is that of a stop.
  Time resume_at{};       ///< After a failure that may pass.
};

enum class Step {
  Wait,
  Accept,
  Prepare,
  Pull,
  Create,
  Start,
  Inspect,
  Stop,
  Remove,
  ReportReady,
  ReportStarting,
  ReportRunning,
  ReportExit,
  ReportVanished,
  ReportShutdown,
  Finish,
};

/// What a task runner does next. A model of the real one's plan: that room is not known here.
[[nodiscard]] Step next_step(RunnerTask const& task);

}  // namespace swarmward::scheduler::simulation
