#pragma once

#include "model/task.h"

namespace swarmward::backends {

/// What is known of a task's container.
enum class Phase {
  None,      ///< There never was one.
  Created,   ///< Made, not started.
  Running,   ///< Or paused.
  Exited,    ///< It ran and ended; it may be removed since.
  Vanished,  ///< There was one, and nobody knows how it ended.
};

enum class Health { None, Starting, Healthy, Unhealthy };
enum class ImageState { Wanted, Coming, Ready };

/// The next thing to do for a task.
enum class Step {
  Wait,  ///< For an event, an answer or a decision from outside.
  Accept,
  Prepare,
  Pull,
  Create,
  Start,
  Inspect,
  Confirm,  ///< Whether the container ended by itself, or with its engine.
  Stop,
  Remove,
  DropFiles,  ///< Of secrets and configs, once no container shows them.
  ReportReady,
  ReportStarting,
  ReportRunning,
  ReportExit,
  ReportVanished,
  ReportShutdown,
  Finish,  ///< Nothing is left of a task that is no longer assigned.
};

struct TaskView {
  model::TaskState state = model::TaskState::Assigned;
  model::TaskState desired = model::TaskState::Running;
  Phase phase = Phase::None;
  Health health = Health::None;
  ImageState image = ImageState::Wanted;
  bool gone = false;             ///< No longer assigned.
  bool present = false;          ///< The engine has a container of this task.
  bool look_again = false;       ///< What is known of the container may be stale.
  bool doubtful = false;         ///< Its end may be that of its engine.
  bool files = false;            ///< Files of it may lie on the host.
  bool start_attempted = false;  ///< It may have run, so it must not be made again.
};

/// Pure. One step at a time: the result of each may change what is next.
[[nodiscard]] Step plan_step(TaskView const& view);

}  // namespace swarmward::backends
