#include "scheduler/dependencies/job_outcome.h"

#include "scheduler/orchestrator/job_tasks.h"

namespace swarmward::scheduler {

JobOutcome job_outcome(ServiceView const& job) {
  auto const* mode = std::get_if<model::ReplicatedJob>(&job.service->spec->mode);
  std::uint64_t complete = 0;
  bool live = false;
  for (auto const& place : job.places()) {
    auto const state = job_place(job, place);
    if (state.exhausted) {
      return JobOutcome::Failed;
    }
    complete += state.complete ? 1U : 0U;
    live |= state.live && !state.complete;
  }
  bool const enough = complete >= (mode == nullptr ? 1U : mode->total_completions);
  return enough && !live ? JobOutcome::Completed : JobOutcome::Going;
}

}  // namespace swarmward::scheduler
