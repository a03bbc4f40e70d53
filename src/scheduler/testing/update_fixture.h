#pragma once

#include "scheduler/testing/cluster_fixture.h"

namespace swarmward::scheduler {

/// A cluster for tests of updates: one node per call of add_node, services with an update config.
class UpdateFixture : public ClusterFixture {
 protected:
  static model::ServiceSpec updatable(std::uint64_t replicas, model::UpdateConfig config) {
    auto wish = spec(replicas);
    wish.update = config;
    return wish;
  }
  /// One task at a time, the new one before the old one goes.
  static model::ServiceSpec start_first(std::uint64_t replicas, model::FailureAction action = {}) {
    return updatable(replicas, {1, {}, action, {}, 0, model::UpdateOrder::StartFirst});
  }
  static void new_image(model::ServiceSpec& changed) { changed.task.container->image = "nginx:2"; }

  [[nodiscard]] std::vector<state::TaskPtr> of_image(model::ServiceId const& id,
                                                     std::string const& image) const {
    auto all = wanted(id);
    std::erase_if(all, [&](auto const& task) { return task->spec->container->image != image; });
    return all;
  }
  /// The first task of new_image().
  [[nodiscard]] state::TaskPtr fresh(model::ServiceId const& id) const {
    return of_image(id, "nginx:2").at(0);
  }
  [[nodiscard]] std::size_t new_ones(model::ServiceId const& id) const {
    return of_image(id, "nginx:2").size();
  }
  [[nodiscard]] std::vector<state::TaskPtr> with_origin(model::ServiceId const& id,
                                                        model::TaskOrigin origin) const {
    auto all = wanted(id);
    std::erase_if(all, [&](auto const& task) { return task->origin != origin; });
    return all;
  }
  /// Those that were told to stop have stopped.
  void stop_old(model::ServiceId const& id) {
    for (auto const& task : tasks(id)) {
      if (!is_wanted(*task) && !model::is_terminal(task->status.state)) {
        observe(task->id, model::TaskState::Shutdown);
      }
    }
  }
  [[nodiscard]] std::string message(model::ServiceId const& id) const {
    auto const& status = service(id)->update_status;
    return status ? status->message : "";
  }
  [[nodiscard]] std::optional<model::UpdateState> state(model::ServiceId const& id) const {
    auto const& status = service(id)->update_status;
    return status ? std::optional(status->state) : std::nullopt;
  }
  /// As the API does it.
  void roll_back(model::ServiceId const& id) {
    change([&](state::Draft& draft) -> Result<void> {
      auto service = rolled_back(*draft.view().find_service(id));
      service.update_status = model::UpdateStatus{
          model::UpdateState::RollbackStarted, draft.now(), {}, "manually requested rollback"};
      draft.put(service);
      return {};
    });
    settle();
  }
  /// Engines obey and time goes by until nothing is left to wait for.
  void run_out() {
    for (int i = 0; i < 30; ++i) {
      obey();
      advance(std::chrono::seconds(5));
    }
  }
};

}  // namespace swarmward::scheduler
