// The simulation can fail: bugs that are planted are found, and by the check that is there for
// them.
#include <gmock/gmock.h>

#include "base/log.h"
#include "model/take_spec.h"
#include "scheduler/service_view.h"
#include "scheduler/simulation/oracle.h"
#include "scheduler/simulation/world.h"

namespace swarmward::scheduler::simulation {
namespace {

using model::TaskState;
using testing::ContainsRegex;

/// Changes the first task that `wrong` finds something to change in.
Sabotage change_task(std::function<bool(state::Snapshot const&, model::Task&)> wrong) {
  return [wrong](state::StateStore& store) {
    auto const change = [&wrong](state::Draft& draft) -> Result<void> {
      for (auto const [id, known] : draft.view().tasks) {
        auto task = *known;
        if (wrong(draft.view(), task)) {
          draft.put(std::move(task));
          return {};
        }
      }
      return {};
    };
    static_cast<void>(store.apply(change));
  };
}

bool assign(model::Task& task, model::Node const& node) {
  task.node_id = node.id;
  task.status.state = TaskState::Assigned;
  return true;
}

bool waits_for_a_node(model::Task const& task) {
  return task.status.state == TaskState::Pending && task.node_id.empty() &&
         task.desired_state <= TaskState::Running;
}

std::string found_with(Sabotage sabotage) {
  static_cast<void>(set_log_level("fatal"));
  for (std::uint64_t seed = 1; seed <= 40; ++seed) {
    auto options = options_of(seed);
    options.sabotage = sabotage;
    if (auto const outcome = World(options).run(); outcome.violation) {
      return *outcome.violation;
    }
  }
  return "nothing";
}

/// A task of the new spec while the update of its service still waits for a job.
void begin_too_early(state::StateStore& store) {
  auto const change = [](state::Draft& draft) -> Result<void> {
    for (auto const [id, known] : draft.view().tasks) {
      auto const service = draft.view().find_service(known->service_id);
      bool const waits = service && service->update_status &&
                         service->update_status->message.starts_with("waiting for job");
      if (!waits || is_global(*service)) {
        continue;
      }
      model::Task task;
      task.id = model::TaskId("planted" + std::to_string(draft.view().version));
      model::take_spec(task, *service);
      task.service_id = service->id;
      task.slot = known->slot;
      task.status.state = TaskState::Pending;
      task.desired_state = TaskState::Ready;
      task.origin = model::TaskOrigin::Update;
      draft.put(std::move(task));
      return {};
    }
    return {};
  };
  static_cast<void>(store.apply(change));
}

TEST(PlantedBug, AnUpdateThatDoesNotWaitForItsJob) {
  EXPECT_THAT(found_with(begin_too_early), ContainsRegex("is made before job .* has completed"));
}

TEST(PlantedBug, PlacementOnADrainedNode) {
  auto const bug = change_task([](auto const& head, model::Task& task) {
    for (auto const [id, node] : head.nodes) {
      bool const drained = node->spec.availability == model::Availability::Drain;
      if (drained && waits_for_a_node(task)) {
        return assign(task, *node);
      }
    }
    return false;
  });
  EXPECT_THAT(found_with(bug), ContainsRegex("is assigned to .* which does not take it"));
}

TEST(PlantedBug, PlacementBeyondTheRoom) {
  auto const bug = change_task([](auto const& head, model::Task& task) {
    for (auto const [id, node] : head.nodes) {
      if (waits_for_a_node(task) && suits(task, *node) && !overload(head, task, *node).empty()) {
        return assign(task, *node);
      }
    }
    return false;
  });
  EXPECT_THAT(found_with(bug), ContainsRegex("which has too few"));
}

TEST(PlantedBug, NoWaitForTheOldTask) {
  auto const bug = change_task([](auto const& head, model::Task& task) {
    auto const old = head.find_task(task.replaces);
    bool const waits =
        task.desired_state == TaskState::Ready && old && old->status.state == TaskState::Running;
    if (waits) {
      task.desired_state = TaskState::Running;
    }
    return waits;
  });
  EXPECT_THAT(found_with(bug), ContainsRegex("while .* still runs"));
}

TEST(PlantedBug, ObservedStatesThatGoBack) {
  auto const bug = change_task([](auto const&, model::Task& task) {
    bool const ended = task.status.state == TaskState::Failed;
    task.status.state = ended ? TaskState::Running : task.status.state;
    return ended;
  });
  EXPECT_THAT(found_with(bug), ContainsRegex("observed state goes back"));
}

TEST(PlantedBug, ATaskForgottenWhileItRuns) {
  Sabotage const bug = [](state::StateStore& store) {
    auto const forget = [](state::Draft& draft) -> Result<void> {
      for (auto const [id, task] : draft.view().tasks) {
        bool const stopping =
            task->status.state == TaskState::Running && task->desired_state == TaskState::Remove;
        if (stopping) {
          draft.erase(model::TaskId(id));
          return {};
        }
      }
      return {};
    };
    static_cast<void>(store.apply(forget));
  };
  EXPECT_THAT(found_with(bug), ContainsRegex("is forgotten while it may run"));
}

TEST(PlantedBug, AReplicaThatNobodyReplaces) {
  auto const bug = change_task([](auto const& head, model::Task& task) {
    bool const second = task.slot == 2 && task.status.state == TaskState::Ready &&
                        task.desired_state == TaskState::Ready &&
                        head.find_service(task.service_id);
    if (second) {
      task.start_not_before += std::chrono::hours(10);
    }
    return second;
  });
  EXPECT_NE(found_with(bug), "nothing");
}

TEST(PlantedBug, ADiskThatForgets) {
  static_cast<void>(set_log_level("fatal"));
  std::string found;
  for (std::uint64_t seed = 1; seed <= 40 && found.empty(); ++seed) {
    auto options = options_of(seed);
    options.rates.process = std::chrono::minutes(3);
    World world(options);
    world.disk().forget_every(20);
    found = world.run().violation.value_or("");
  }
  EXPECT_THAT(
      found,
      ContainsRegex(
          "acknowledged|was loaded|is published after|cannot be read|on a node that is gone"));
}

}  // namespace
}  // namespace swarmward::scheduler::simulation
