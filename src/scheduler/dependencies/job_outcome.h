#pragma once

#include "scheduler/service_view.h"

namespace swarmward::scheduler {

/// What has become of the present iteration of a job.
enum class JobOutcome {
  Going,      ///< Tasks still run, wait, or are yet to be made.
  Completed,  ///< As many tasks as asked for; of a global job, one on each node that got one.
  Failed,     ///< A task has failed, and its restart policy allows no other.
};

/// Reads it off the job's tasks. Pure. The view is of the job.
[[nodiscard]] JobOutcome job_outcome(ServiceView const& job);

}  // namespace swarmward::scheduler
