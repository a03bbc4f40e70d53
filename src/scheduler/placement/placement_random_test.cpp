#include <random>

#include "scheduler/placement/testing/naive_placement.h"
#include "scheduler/placement/testing/placement_fixture.h"

namespace swarmward::scheduler {
namespace {

using model::TaskState;

/// Random clusters, services and events; every decision is the naive one, and what has followed
/// the changes decides as what starts from the snapshot.
class RandomPlacementTest : public PlacementTest {
 protected:
  unsigned any(unsigned below) { return static_cast<unsigned>(random_()) % below; }

  std::shared_ptr<model::ServiceSpec> random_spec() {
    auto made = spec();
    auto& placement = *made->task.placement;
    if (any(2) == 0) {
      placement.constraints.push_back(any(2) == 0 ? "node.labels.disk == ssd"
                                                  : "node.labels.disk != ssd");
    }
    if (any(2) == 0) {
      placement.spread_preferences.push_back("node.labels.zone");
      if (any(2) == 0) {
        placement.spread_preferences.push_back("node.labels.rack");
      }
    }
    placement.max_replicas = any(4) == 0 ? 1 + any(2) : 0;
    auto& reserved = *made->task.resources->reservations;
    reserved.nano_cpus = any(3) * (1LL << 29);
    reserved.memory_bytes = any(3) * (1LL << 30);
    if (any(4) == 0) {
      model::PortConfig port;
      port.publish_mode = model::PublishMode::Host;
      port.published_port = 8000 + any(2);
      made->endpoint.emplace().ports.push_back(port);
    }
    return made;
  }

  void random_event() {
    std::vector<state::TaskPtr> tasks;
    for (auto const [id, task] : head_.tasks) {
      tasks.push_back(task);
    }
    if (tasks.empty()) {
      return;
    }
    auto const task = tasks[any(static_cast<unsigned>(tasks.size()))];
    switch (any(4)) {
      case 0:
        end(task->id, TaskState::Complete);
        break;
      case 1:
        edit_task(task->id, [](auto& edited) { edited.desired_state = TaskState::Shutdown; });
        break;
      case 2:
        change([&](state::Draft& draft) { draft.erase(task->id); });
        break;
      default:
        edit_node(nodes_[any(static_cast<unsigned>(nodes_.size()))], [&](auto& node) {
          node.spec.annotations.labels["disk"] = any(2) == 0 ? "ssd" : "hdd";
          node.spec.availability =
              any(5) == 0 ? model::Availability::Pause : model::Availability::Active;
        });
    }
  }

  void check_round() {
    NaivePlacement naive(head_);
    Placement fresh;
    fresh.rebuild(head_, now_);
    auto const anew = fresh.plan(head_, now_);
    auto const before = head_;
    std::map<model::TaskId, model::NodeId> placed_anew;
    for (auto const& assignment : anew) {
      auto const expected = naive.decide(*assignment.task);
      ASSERT_EQ(assignment.node, expected.node) << assignment.err;
      ASSERT_EQ(assignment.err, expected.err);
      if (!assignment.node.empty()) {
        naive.put(*assignment.task, assignment.node);
      }
      placed_anew[assignment.task->id] = assignment.node;
    }
    for (auto const& assignment : place()) {
      ASSERT_EQ(assignment.node, placed_anew.at(assignment.task->id));
      placed_anew.erase(assignment.task->id);
    }
    for (auto const& [task, node] : placed_anew) {
      ASSERT_TRUE(node.empty()) << "was not looked at although it fits";
    }
  }

  std::mt19937 random_;
  std::vector<model::NodeId> nodes_;
};

TEST_F(RandomPlacementTest, DecidesAsTheNaiveOne) {
  for (unsigned seed = 1; seed <= 25; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    random_.seed(seed);
    head_ = {};
    placement_.rebuild(head_, now_);
    nodes_.clear();
    for (unsigned i = 0; i < 3 + any(12); ++i) {
      nodes_.push_back(add_node({{"disk", any(2) == 0 ? "ssd" : "hdd"},
                                 {"zone", std::to_string(any(3))},
                                 {"rack", std::to_string(any(2))}},
                                1LL << (31 + any(2))));
    }
    for (int round = 0; round < 12; ++round) {
      if (any(3) != 0) {
        add_tasks(random_spec(), static_cast<int>(1 + any(8)));
      }
      for (unsigned events = any(4); events > 0; --events) {
        random_event();
      }
      check_round();
      if (HasFatalFailure()) {
        return;
      }
    }
  }
}

}  // namespace
}  // namespace swarmward::scheduler
