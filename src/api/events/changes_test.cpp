#include "api/events/changes.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace swarmward::api {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Pair;
using ::testing::UnorderedElementsAre;

constexpr Time kNow{std::chrono::seconds(50)};

model::Service service(std::string image, std::uint64_t replicas) {
  model::ServiceSpec spec;
  spec.annotations.name = "web";
  spec.task.container.emplace().image = std::move(image);
  spec.mode = model::Replicated{replicas};
  model::Service made;
  made.id = model::ServiceId("s1");
  made.meta = {3, Time(std::chrono::seconds(10)), Time(std::chrono::seconds(20))};
  made.spec = std::make_shared<model::ServiceSpec const>(std::move(spec));
  return made;
}

model::Node node() {
  model::Node made;
  made.id = model::NodeId("n1");
  made.meta = {3, Time(std::chrono::seconds(10)), Time(std::chrono::seconds(20))};
  made.description.hostname = "host1";
  made.status.state = model::NodeState::Ready;
  made.manager = model::ManagerStatus{true, true, ""};
  return made;
}

model::Task task() {
  model::Task made;
  made.id = model::TaskId("t1");
  made.service_id = model::ServiceId("s1");
  made.service_annotations =
      std::make_shared<model::Annotations const>(model::Annotations{"web", {}});
  made.slot = 2;
  return made;
}

template <class T>
std::shared_ptr<T const> shared(T object) {
  return std::make_shared<T const>(std::move(object));
}

SwarmEvent only(std::vector<SwarmEvent> const& events) {
  EXPECT_EQ(events.size(), 1U);
  return events.empty() ? SwarmEvent{} : events.front();
}

SwarmEvent updated(model::Service before, model::Service after) {
  state::Touched touched;
  touched.services.push_back({shared(std::move(before)), shared(std::move(after))});
  return only(events_of(touched, kNow));
}

SwarmEvent updated(model::Node before, model::Node after) {
  state::Touched touched;
  touched.nodes.push_back({shared(std::move(before)), shared(std::move(after))});
  return only(events_of(touched, kNow));
}

TEST(EventsOf, CreatedServiceHasTheTimeOfItsCreation) {
  state::Touched touched;
  touched.services.push_back({nullptr, shared(service("bb", 1))});
  auto const event = only(events_of(touched, kNow));
  EXPECT_EQ(event.type, "service");
  EXPECT_EQ(event.action, "create");
  EXPECT_EQ(event.id, "s1");
  EXPECT_EQ(event.time, Time(std::chrono::seconds(10)));
  EXPECT_THAT(event.attributes, ElementsAre(Pair("name", "web")));
}

TEST(EventsOf, RemovedServiceHasThePresentTime) {
  state::Touched touched;
  touched.services.push_back({shared(service("bb", 1)), nullptr});
  auto const event = only(events_of(touched, kNow));
  EXPECT_EQ(event.action, "remove");
  EXPECT_EQ(event.time, kNow);
  EXPECT_THAT(event.attributes, ElementsAre(Pair("name", "web")));
}

TEST(EventsOf, UpdateTellsOnlyWhatChanged) {
  EXPECT_THAT(updated(service("bb", 1), service("bb", 1)).attributes,
              ElementsAre(Pair("name", "web")));
  auto const event = updated(service("bb", 1), service("cc", 3));
  EXPECT_EQ(event.action, "update");
  EXPECT_EQ(event.time, Time(std::chrono::seconds(20)));
  EXPECT_THAT(event.attributes,
              UnorderedElementsAre(Pair("name", "web"),
                                   Pair("image.old", "bb"),
                                   Pair("image.new", "cc"),
                                   Pair("replicas.old", "1"),
                                   Pair("replicas.new", "3")));
}

TEST(EventsOf, UpdateStateHasAnOldOneOnlyIfThereWasOne) {
  auto const with = [](model::UpdateState state) {
    auto made = service("bb", 1);
    made.update_status = model::UpdateStatus{state, {}, {}, ""};
    return made;
  };
  auto const paused = with(model::UpdateState::Paused);
  auto const back = with(model::UpdateState::RollbackStarted);
  EXPECT_THAT(updated(service("bb", 1), paused).attributes,
              UnorderedElementsAre(Pair("name", "web"), Pair("updatestate.new", "paused")));
  EXPECT_THAT(updated(paused, back).attributes,
              UnorderedElementsAre(Pair("name", "web"),
                                   Pair("updatestate.old", "paused"),
                                   Pair("updatestate.new", "rollback_started")));
  EXPECT_THAT(updated(back, back).attributes, ElementsAre(Pair("name", "web")));
  EXPECT_THAT(updated(back, service("bb", 1)).attributes, ElementsAre(Pair("name", "web")));
}

TEST(EventsOf, NodeTellsAllItsChanges) {
  auto after = node();
  after.spec.annotations.name = "first";
  after.spec.availability = model::Availability::Drain;
  after.role = model::NodeRole::Manager;
  after.status.state = model::NodeState::Down;
  after.manager = model::ManagerStatus{false, false, ""};
  EXPECT_THAT(updated(node(), after).attributes,
              UnorderedElementsAre(Pair("name", "first"),
                                   Pair("availability.old", "active"),
                                   Pair("availability.new", "drain"),
                                   Pair("role.old", "worker"),
                                   Pair("role.new", "manager"),
                                   Pair("state.old", "ready"),
                                   Pair("state.new", "down"),
                                   Pair("leader.old", "true"),
                                   Pair("leader.new", "false"),
                                   Pair("reachability.old", "reachable"),
                                   Pair("reachability.new", "unreachable")));
}

TEST(EventsOf, NodeThatBecomesManagerHadNoLeadershipToChange) {
  auto before = node();
  before.manager.reset();
  EXPECT_THAT(updated(before, node()).attributes, ElementsAre(Pair("name", "host1")));
}

TEST(EventsOf, NetworksAreCreatedAllocatedAndRemoved) {
  model::Network network;
  network.id = model::NetworkId("net1");
  network.meta = {3, Time(std::chrono::seconds(10)), Time(std::chrono::seconds(20))};
  network.spec.annotations.name = "back";
  auto allocated = network;
  allocated.vni = 4097;
  state::Touched touched;
  touched.networks.push_back({nullptr, shared(network)});
  touched.networks.push_back({shared(network), shared(allocated)});
  touched.networks.push_back({shared(allocated), nullptr});
  auto const events = events_of(touched, kNow);
  ASSERT_EQ(events.size(), 3U);
  std::vector<std::string_view> actions;
  for (auto const& event : events) {
    EXPECT_EQ(event.type, "network");
    EXPECT_EQ(event.id, "net1");
    EXPECT_THAT(event.attributes, ElementsAre(Pair("name", "back")));
    actions.push_back(event.action);
  }
  EXPECT_THAT(actions, ElementsAre("create", "update", "remove"));
  EXPECT_EQ(events[0].time, Time(std::chrono::seconds(10)));
  EXPECT_EQ(events[1].time, Time(std::chrono::seconds(20)));
  EXPECT_EQ(events[2].time, kNow);
}

TEST(EventsOf, LeavingTheSwarmTellsNothing) {
  state::Touched touched;
  touched.clusters.push_back({shared(model::Cluster{}), nullptr});
  touched.nodes.push_back({shared(node()), nullptr});
  touched.tasks.push_back({shared(task()), nullptr});
  EXPECT_THAT(events_of(touched, kNow), IsEmpty());
  EXPECT_THAT(task_events_of(touched, kNow), IsEmpty());
}

TEST(EventsOf, TasksStandApart) {
  auto running = task();
  running.node_id = model::NodeId("n1");
  running.status.state = model::TaskState::Running;
  state::Touched touched;
  touched.tasks.push_back({shared(task()), shared(running)});
  EXPECT_THAT(events_of(touched, kNow), IsEmpty());
  auto const event = only(task_events_of(touched, kNow));
  EXPECT_EQ(event.type, "task");
  EXPECT_THAT(event.attributes,
              UnorderedElementsAre(Pair("name", "web.2.t1"),
                                   Pair("service", "s1"),
                                   Pair("node", "n1"),
                                   Pair("slot", "2"),
                                   Pair("state", "running"),
                                   Pair("desiredstate", "running"),
                                   Pair("state.old", "new"),
                                   Pair("state.new", "running")));
}

}  // namespace
}  // namespace swarmward::api
