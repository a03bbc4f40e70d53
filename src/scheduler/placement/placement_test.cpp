#include "scheduler/placement/placement.h"

#include <random>

#include <gmock/gmock.h>

#include "scheduler/placement/apply_assignments.h"
#include "scheduler/placement/testing/naive_placement.h"

namespace swarmward::scheduler {
namespace {

using model::TaskState;
using std::chrono::minutes;
using std::chrono::seconds;

/// A cluster without loops: the test makes nodes and tasks, placement follows.
class PlacementTest : public testing::Test {
 protected:
  template <class Edit>
  void change(Edit const& edit) {
    state::Draft draft(head_, now_);
    edit(draft);
    head_ = draft.view();
    placement_.touch(draft.touched(), now_);
    now_ += seconds(1);
  }

  std::string next_id(char kind) {
    auto const number = std::to_string(++ids_ * 7919 % 1000003);
    return std::string(1, kind) + number + 'x' + std::string(23 - number.size(), '0');
  }

  /// Resources are powers of two, so that shares compare exactly.
  model::NodeId add_node(model::StringMap labels = {}, std::int64_t cpus = 1LL << 32) {
    model::Node node;
    node.id = model::NodeId(next_id('n'));
    node.spec.annotations.labels = std::move(labels);
    node.status.state = model::NodeState::Ready;
    node.description.resources = {cpus, 1LL << 33, {}};
    change([&](state::Draft& draft) { draft.put(node); });
    return node.id;
  }

  void edit_node(model::NodeId const& id, std::function<void(model::Node&)> const& edit) {
    auto node = *head_.find_node(id);
    edit(node);
    change([&](state::Draft& draft) { draft.put(node); });
  }

  static std::shared_ptr<model::ServiceSpec> spec() {
    auto made = std::make_shared<model::ServiceSpec>();
    made->task.placement.emplace();
    made->task.resources.emplace().reservations.emplace();
    return made;
  }

  model::Task make_task(std::shared_ptr<model::ServiceSpec const> const& spec,
                        model::ServiceId const& service,
                        model::Slot slot) {
    model::Task task;
    task.id = model::TaskId(next_id('t'));
    task.service_id = service;
    task.slot = slot;
    task.spec = {spec, &spec->task};
    task.service_annotations = {spec, &spec->annotations};
    if (spec->endpoint) {
      task.endpoint = {spec, &*spec->endpoint};
    }
    task.status.state = TaskState::Pending;
    return task;
  }

  model::ServiceId add_tasks(std::shared_ptr<model::ServiceSpec const> const& spec, int count) {
    model::ServiceId const service(next_id('s'));
    change([&](state::Draft& draft) {
      for (int slot = 1; slot <= count; ++slot) {
        draft.put(make_task(spec, service, static_cast<model::Slot>(slot)));
      }
    });
    return service;
  }

  model::TaskId add_task(std::shared_ptr<model::ServiceSpec const> const& spec,
                         model::ServiceId const& service,
                         model::Slot slot) {
    auto const task = make_task(spec, service, slot);
    change([&](state::Draft& draft) { draft.put(task); });
    return task.id;
  }

  void edit_task(model::TaskId const& id, std::function<void(model::Task&)> const& edit) {
    auto task = *head_.find_task(id);
    edit(task);
    change([&](state::Draft& draft) { draft.put(task); });
  }

  void end(model::TaskId const& id, TaskState state, char const* err = "") {
    edit_task(id, [&](auto& task) {
      task.status.state = state;
      task.status.err = err;
      task.status.timestamp = now_;
      task.desired_state = TaskState::Shutdown;
    });
  }

  std::vector<Assignment> place() {
    auto assignments = placement_.plan(head_, now_);
    state::Draft draft(head_, now_);
    apply_assignments(draft, assignments);
    head_ = draft.view();
    return assignments;
  }

  model::NodeId node_of(model::TaskId const& id) const { return head_.find_task(id)->node_id; }
  std::string err_of(model::TaskId const& id) const { return head_.find_task(id)->status.err; }

  state::Snapshot head_;
  Placement placement_;
  Time now_{std::chrono::hours(1000)};
  unsigned ids_ = 0;
};

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

TEST_F(PlacementTest, SpreadsWithinOneAndByTheZonesFirst) {
  for (int i = 0; i < 30; ++i) {
    add_node({{"zone", i < 6 ? "small" : "large"}});
  }
  auto made = spec();
  made->task.placement->spread_preferences = {"node.labels.zone"};
  auto const service = add_tasks(made, 60);
  place();
  std::map<std::string, std::map<model::NodeId, int>> count;
  for (auto const& task : head_.tasks_of(service)) {
    auto const& labels = head_.find_node(task->node_id)->spec.annotations.labels;
    ++count[labels.at("zone")][task->node_id];
  }
  EXPECT_EQ(count["small"].size(), 6U);
  EXPECT_EQ(count["large"].size(), 24U);
  for (auto const& [node, tasks] : count["small"]) {
    EXPECT_EQ(tasks, 5);
  }
  for (auto const& [node, tasks] : count["large"]) {
    EXPECT_THAT(tasks, testing::AnyOf(1, 2));
  }
}

TEST_F(PlacementTest, AnotherNodeIsPreferredWhereATaskCouldNotStart) {
  auto const a = add_node();
  auto const made = spec();
  auto const first = add_task(made, model::ServiceId(next_id('s')), 1);
  place();
  add_task(spec(), model::ServiceId(next_id('s')), 1);  // Makes the other node the fuller one.
  auto const b = add_node();
  place();
  add_task(spec(), model::ServiceId(next_id('s')), 1);
  place();
  ASSERT_EQ(node_of(first), a);
  end(first, TaskState::Rejected, "No such image: x");
  auto const service = head_.find_task(first)->service_id;
  auto const second = add_task(made, service, 1);
  place();
  EXPECT_EQ(node_of(second), b);
  end(second, TaskState::Rejected, "No such image: x");
  auto const third = add_task(made, service, 1);
  place();
  EXPECT_FALSE(node_of(third).empty()) << "better there than nowhere";
}

TEST_F(PlacementTest, ANodeWithManyFailuresOfTheServiceIsAvoidedForAWhile) {
  auto const a = add_node();
  auto const made = spec();
  model::ServiceId const service(next_id('s'));
  for (model::Slot slot = 1; slot <= 5; ++slot) {
    auto const task = add_task(made, service, slot);
    place();
    edit_task(task, [&](auto& edited) { edited.running_since = now_; });
    end(task, TaskState::Failed, "task: non-zero exit (1)");
  }
  auto const b = add_node();
  auto const filler = spec();
  for (int i = 0; i < 3; ++i) {
    edit_node(a, [](auto& node) { node.spec.availability = model::Availability::Pause; });
    add_task(filler, model::ServiceId(next_id('s')), 1);
    place();
  }
  edit_node(a, [](auto& node) { node.spec.availability = model::Availability::Active; });
  auto const avoiding = add_task(made, service, 9);
  place();
  EXPECT_EQ(node_of(avoiding), b);
  end(avoiding, TaskState::Complete);
  now_ += minutes(6);
  auto const later = add_task(made, service, 9);
  place();
  EXPECT_EQ(node_of(later), a);
}

TEST_F(PlacementTest, APortThatSomebodyElseHasIsBusyForFiveMinutes) {
  auto const a = add_node();
  auto made = spec();
  model::PortConfig port;
  port.publish_mode = model::PublishMode::Host;
  port.published_port = 8080;
  made->endpoint.emplace().ports.push_back(port);
  model::ServiceId const service(next_id('s'));
  auto const first = add_task(made, service, 1);
  place();
  ASSERT_EQ(node_of(first), a);
  end(first,
      TaskState::Failed,
      "starting container failed: Bind for 0.0.0.0:8080 failed: port is already allocated");
  auto const second = add_task(made, service, 1);
  place();
  EXPECT_EQ(err_of(second), "no suitable node (host-mode port already in use on 1 node)");
  now_ += minutes(5);
  ASSERT_LE(placement_.wake(), now_);
  place();
  EXPECT_EQ(node_of(second), a);
}

TEST_F(PlacementTest, AStoppingTaskHoldsItsShareUntilItHasStopped) {
  add_node();
  auto made = spec();
  made->task.resources->reservations->nano_cpus = 1LL << 32;
  auto const first = add_task(made, model::ServiceId(next_id('s')), 1);
  place();
  edit_task(first, [](auto& task) { task.desired_state = TaskState::Shutdown; });
  auto const second = add_task(made, model::ServiceId(next_id('s')), 1);
  place();
  EXPECT_EQ(err_of(second), "no suitable node (insufficient resources on 1 node)");
  EXPECT_FALSE(placement_.due());
  end(first, TaskState::Shutdown);
  EXPECT_TRUE(placement_.due());
  place();
  EXPECT_FALSE(node_of(second).empty());
  EXPECT_EQ(err_of(second), "");
}

TEST_F(PlacementTest, TheTaskThatIsTakenOverDoesNotCountAsAReplica) {
  auto const a = add_node();
  auto made = spec();
  made->task.placement->max_replicas = 1;
  model::ServiceId const service(next_id('s'));
  add_task(made, service, 1);
  place();
  auto const other = add_task(made, service, 2);
  auto const successor = add_task(made, service, 1);
  place();
  EXPECT_EQ(node_of(successor), a);
  EXPECT_EQ(err_of(other), "no suitable node (max replicas per node limit exceed)");
}

TEST_F(PlacementTest, NamedUnitsAreHandedOutOnce) {
  auto const a = add_node();
  edit_node(a, [](auto& node) {
    node.description.resources.generic = {{"GPU", 0, "one"}, {"GPU", 0, "two"}, {"SSD", 3, ""}};
  });
  auto made = spec();
  made->task.resources->reservations->generic = {{"GPU", 1, ""}, {"SSD", 1, ""}};
  model::ServiceId const service(next_id('s'));
  std::vector<model::TaskId> tasks;
  for (model::Slot slot = 1; slot <= 3; ++slot) {
    tasks.push_back(add_task(made, service, slot));
    place();
  }
  using Units = std::vector<model::GenericResource>;
  auto const units = [&](std::size_t at) -> Units {
    return head_.find_task(tasks[at])->generic_resources;
  };
  EXPECT_EQ(units(0), (Units{{"GPU", 0, "one"}, {"SSD", 1, ""}}));
  EXPECT_EQ(units(1), (Units{{"GPU", 0, "two"}, {"SSD", 1, ""}}));
  EXPECT_EQ(err_of(tasks[2]), "no suitable node (insufficient resources on 1 node)");
  end(tasks[0], TaskState::Complete);
  place();
  EXPECT_EQ(units(2), (Units{{"GPU", 0, "one"}, {"SSD", 1, ""}}));
}

TEST_F(PlacementTest, BinpackFillsOneNodeAfterTheOther) {
  for (int i = 0; i < 4; ++i) {
    add_node();
  }
  auto made = spec();
  made->annotations.labels["ward.strategy"] = "binpack";
  made->task.resources->reservations->nano_cpus = 1LL << 30;
  auto const service = add_tasks(made, 6);
  place();
  std::map<model::NodeId, int> count;
  for (auto const& task : head_.tasks_of(service)) {
    ++count[task->node_id];
  }
  ASSERT_EQ(count.size(), 2U);
  EXPECT_EQ(std::max(count.begin()->second, count.rbegin()->second), 4);
}

TEST_F(PlacementTest, WhoWaitsIsLookedAtAgainAndNeverForgotten) {
  add_node();
  auto made = spec();
  made->task.placement->constraints = {"node.labels.disk == ssd"};
  auto const task = add_task(made, model::ServiceId(next_id('s')), 1);
  place();
  EXPECT_EQ(err_of(task), "no suitable node (scheduling constraints not satisfied on 1 node)");
  EXPECT_FALSE(placement_.due());
  add_node();
  EXPECT_TRUE(placement_.due());
  place();
  EXPECT_EQ(err_of(task), "no suitable node (scheduling constraints not satisfied on 2 nodes)");
  EXPECT_LE(placement_.wake(), now_ + Placement::kSweep);
  auto const ssd = add_node({{"disk", "ssd"}});
  place();
  EXPECT_EQ(node_of(task), ssd);
  EXPECT_EQ(placement_.wake(), Time::max());
}

TEST_F(PlacementTest, ATaskThatNamesItsNodeIsConfirmedOrToldWhyNot) {
  auto const a = add_node();
  auto const made = spec();
  auto task = make_task(made, model::ServiceId(next_id('s')), 0);
  task.node_id = a;
  change([&](state::Draft& draft) { draft.put(task); });
  edit_node(a, [](auto& node) { node.spec.availability = model::Availability::Pause; });
  place();
  EXPECT_EQ(err_of(task.id), "1 node not available for new tasks");
  edit_node(a, [](auto& node) { node.spec.availability = model::Availability::Active; });
  place();
  EXPECT_EQ(head_.find_task(task.id)->status.message,
            "scheduler confirmed task can run on preassigned node");
}

}  // namespace
}  // namespace swarmward::scheduler
