#pragma once

#include <string>

#include "scheduler/testing/update_fixture.h"

namespace swarmward::scheduler {

/// A service `web`, updated all at once, with the job `migrate` before it.
class JobFixture : public UpdateFixture {
 protected:
  JobFixture() { add_node("a"); }

  static model::ServiceSpec job_spec(std::uint64_t completions = 1) {
    auto wish = spec(0);
    wish.annotations.name = "migrate";
    wish.mode = model::ReplicatedJob{completions, completions};
    wish.task.restart.emplace().condition = model::RestartCondition::None;
    return wish;
  }
  static model::ServiceSpec web_spec(std::uint64_t replicas = 2,
                                     model::FailureAction action = {},
                                     std::string const& jobs = "migrate") {
    auto wish = updatable(replicas, {0, {}, action, {}, 0, {}});
    wish.annotations.labels["ward.pre-deploy"] = jobs;
    return wish;
  }
  /// Tasks of the present iteration that still have to end do so.
  void end(model::ServiceId const& job, model::TaskState how = model::TaskState::Complete) {
    for (auto const& task : wanted(job)) {
      bool const present = task->job_iteration == iteration(job);
      if (present && !model::is_terminal(task->status.state)) {
        observe(task->id, model::TaskState::Running);
        observe(task->id, how, how == model::TaskState::Failed ? "task: non-zero exit (1)" : "");
      }
    }
  }
  [[nodiscard]] std::uint64_t iteration(model::ServiceId const& job) const {
    return service(job)->job_status->iteration;
  }
  /// Both run, and everything has been at rest for an hour.
  void settle_both(std::uint64_t replicas = 2, model::FailureAction action = {}) {
    job_ = create(job_spec());
    end(job_);
    web_ = create(web_spec(replicas, action));
    obey();
    advance(std::chrono::hours(1));
  }
  /// Of web, as a deployment would.
  void deploy_image(std::string const& image) {
    update(web_, [&](model::ServiceSpec& changed) { changed.task.container->image = image; });
  }
  void rerun_job() {
    update(job_, [](model::ServiceSpec& changed) { ++changed.task.force_update; });
  }

  model::ServiceId job_;
  model::ServiceId web_;
};

}  // namespace swarmward::scheduler
