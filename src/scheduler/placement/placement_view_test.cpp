#include "scheduler/placement/placement_view.h"

#include <gmock/gmock.h>

#include "scheduler/placement/reason_text.h"
#include "scheduler/testing/cluster_fixture.h"

namespace swarmward::scheduler {
namespace {

using ::testing::ElementsAre;

class PlacementViewTest : public ClusterFixture {
 protected:
  /// "host: filter: reason" for each node, as the first task of the service sees them.
  std::vector<std::string> verdicts(model::ServiceId const& id) {
    PlacementView const view(store_.head(), clock_.now());
    std::vector<std::string> lines;
    for (auto const& verdict : view.judge(*wanted(id).at(0))) {
      lines.push_back(verdict.node->description.hostname + ": " +
                      (verdict.filter ? filter_word(*verdict.filter) + ": " : "fits") +
                      verdict.reason);
    }
    return lines;
  }
  model::ServiceId create_with(std::function<void(model::ServiceSpec&)> const& edit) {
    auto wish = spec(1);
    wish.annotations.name = "s" + std::to_string(++made_);
    edit(wish);
    return create(wish);
  }
  static void reserve(model::ServiceSpec& wish, model::Resources resources) {
    wish.task.resources = model::ResourceRequirements{};
    wish.task.resources->reservations = std::move(resources);
  }
  int made_ = 0;
};

TEST_F(PlacementViewTest, NodesThatTakeNothingNew) {
  auto const down = add_node("a");
  auto const drained = add_node("b");
  auto const paused = add_node("c");
  add_node("d", {{"zone", "x"}});
  edit_node(down, [](model::Node& node) {
    node.status.state = model::NodeState::Down;
    node.status.message = "heartbeat failure";
  });
  edit_node(drained, drain);
  edit_node(paused, [](model::Node& node) { node.spec.availability = model::Availability::Pause; });
  auto const id = create_with([](model::ServiceSpec& wish) {
    wish.task.placement = model::Placement{{"node.labels.zone == y"}, {}, 0, {}};
  });
  EXPECT_THAT(verdicts(id),
              ElementsAre("a: ready: is down: heartbeat failure",
                          "b: ready: is drained",
                          "c: ready: is paused",
                          "d: constraint: node.labels.zone == y does not hold"));
}

TEST_F(PlacementViewTest, ResourcesInWords) {
  add_node("a");
  auto const first = create_with([](model::ServiceSpec& wish) {
    reserve(wish, {2'500'000'000, 7LL << 30, {}});
  });
  obey();
  EXPECT_THAT(verdicts(first),
              ElementsAre("a: resource: the task reserves 2.50 CPUs, 1.50 of 4 are "
                          "free; the task reserves 7 GiB of memory, 1 GiB of 8 "
                          "GiB are free"));
  auto const gpu = create_with([](model::ServiceSpec& wish) {
    reserve(wish, {0, 0, {{"gpu", 2, {}}}});
  });
  EXPECT_THAT(verdicts(gpu), ElementsAre("a: resource: the task reserves 2 gpu, 0 of 0 are free"));
}

TEST_F(PlacementViewTest, PortsPlatformsPluginsAndReplicas) {
  add_node("a");
  auto const with_port = [](model::ServiceSpec& wish) {
    wish.endpoint = model::EndpointSpec{};
    wish.endpoint->ports = {{"", {}, 80, 8080, model::PublishMode::Host}};
  };
  create_with(with_port);
  obey();
  EXPECT_THAT(verdicts(create_with(with_port)),
              ElementsAre("a: host-port: port 8080/tcp is in use by task s1.1"));
  EXPECT_THAT(verdicts(create_with([](model::ServiceSpec& wish) {
                wish.task.placement = model::Placement{{}, {}, 0, {{"arm64", "linux"}}};
              })),
              ElementsAre("a: platform: is linux/x86_64, the image is for linux/arm64"));
  EXPECT_THAT(
      verdicts(create_with([](model::ServiceSpec& wish) {
        wish.task.container->mounts = {{model::MountType::Volume, "v", "/v", false, {}, {}, {}}};
        wish.task.container->mounts[0].volume = model::VolumeOptions{};
        wish.task.container->mounts[0].volume->driver = model::Driver{"nfs", {}};
      })),
      ElementsAre("a: plugin: its engine lacks a plugin that the task needs: volume driver "
                  "nfs"));
  auto const many = create_with([](model::ServiceSpec& wish) {
    wish.mode = model::Replicated{2};
    wish.task.placement = model::Placement{{}, {}, 1, {}};
  });
  obey();
  EXPECT_THAT(verdicts(many),
              ElementsAre("a: max-replicas: has 1 tasks of the service, the limit per node is 1"));
}

TEST_F(PlacementViewTest, SecretsAndConfigsNeedSomebodyWhoLaysThemDown) {
  auto const bare = [](model::Node& node) {
    node.access.agent_port = 0;
    node.engine_name = "listed";
  };
  auto const a = add_node("a");
  edit_node(a, bare);
  auto const with_secret =
      create_with([](model::ServiceSpec& wish) { wish.task.container->secrets.resize(1); });
  EXPECT_THAT(verdicts(with_secret),
              ElementsAre("a: plugin: it has no agent of Swarmward, which the task's secrets and "
                          "configs need"));
  auto const runtime_only = create_with([](model::ServiceSpec& wish) {
    wish.task.container->configs.resize(1);
    wish.task.container->configs[0].runtime = true;
  });
  EXPECT_THAT(verdicts(runtime_only), ElementsAre("a: fits"));
  edit_node(a, [](model::Node& node) { node.same_host = true; });
  EXPECT_THAT(verdicts(with_secret), ElementsAre("a: fits"));
}

TEST_F(PlacementViewTest, ANodeThatFitsAndATaskThatNamesItsNode) {
  auto const a = add_node("a");
  add_node("b");
  auto const id = create_with([](model::ServiceSpec&) {});
  auto task = *wanted(id).at(0);
  PlacementView const view(store_.head(), clock_.now());
  task.node_id = {};
  EXPECT_EQ(view.judge(task).size(), 2U);
  EXPECT_FALSE(view.judge(task)[0].filter);
  task.node_id = a;
  EXPECT_EQ(view.judge(task).size(), 1U);
}

TEST_F(PlacementViewTest, WhatWasPromisedIsTaken) {
  auto const a = add_node("a");
  auto const id = create_with([](model::ServiceSpec& wish) {
    reserve(wish, {1'500'000'000, 0, {}});
  });
  auto const task = *wanted(id).at(0);
  PlacementView view(store_.head(), clock_.now());
  EXPECT_TRUE(view.take(a, task, 0));
  EXPECT_FALSE(view.take(a, task, 1));
}

}  // namespace
}  // namespace swarmward::scheduler
