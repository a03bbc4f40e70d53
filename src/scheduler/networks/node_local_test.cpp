// Networks that each node makes for itself, from the network to what the node is told.
#include <gmock/gmock.h>

#include "model/attachment.h"
#include "scheduler/allocator/allocator.h"
#include "scheduler/networks/network_plan.h"
#include "scheduler/testing/cluster_fixture.h"
#include "scheduler/testing/plan_of.h"

namespace swarmward::scheduler {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class NodeLocalTest : public ClusterFixture {
 protected:
  NodeLocalTest() {
    change([](state::Draft& draft) -> Result<void> {
      draft.put(model::Cluster{});
      return {};
    });
    one_ = add_node("h1");
    have_driver(one_);
    lan_ = add_network("lan", "macvlan");
  }

  void have_driver(model::NodeId const& id) {
    edit_node(id, [](model::Node& node) { node.description.plugins = {{"Network", "macvlan"}}; });
  }
  model::NetworkId add_network(std::string name, std::string driver) {
    model::Network network;
    network.id = new_id<model::NetworkTag>(random_);
    network.spec.annotations.name = std::move(name);
    network.spec.driver.name = std::move(driver);
    network.spec.config_from = "lan-config";
    change([&](state::Draft& draft) -> Result<void> {
      draft.put(network);
      return {};
    });
    settle();
    return network.id;
  }
  model::ServiceSpec in_lan(std::uint64_t replicas) {
    auto made = spec(replicas);
    made.task.networks.push_back({lan_.str(), {"site"}, {{"a", "b"}}});
    return made;
  }

  model::NodeId one_;
  model::NetworkId lan_;
};

TEST_F(NodeLocalTest, TheSwarmGivesItNothing) {
  auto const network = store_.head().find_network(lan_);
  EXPECT_EQ(network->vni, 0U);
  EXPECT_THAT(network->ipam, IsEmpty());
  EXPECT_EQ(network->err, "");
  auto const overlay = store_.head().find_network(add_network("back", "overlay"));
  EXPECT_EQ(overlay->vni, 4096U);
}

TEST_F(NodeLocalTest, TasksJoinItWithoutAnAddress) {
  auto const id = create(in_lan(2));
  auto const service = store_.head().find_service(id);
  ASSERT_THAT(service->endpoint.virtual_ips, SizeIs(1));
  EXPECT_EQ(service->endpoint.virtual_ips[0].network_id, lan_.str());
  EXPECT_EQ(service->endpoint.virtual_ips[0].address, "");
  auto const tasks = wanted(id);
  ASSERT_THAT(tasks, SizeIs(2));
  for (auto const& task : tasks) {
    EXPECT_EQ(task->node_id, one_);
    EXPECT_THAT(task->networks, ElementsAre(model::NetworkAddress{lan_, ""}));
  }
  EXPECT_THAT(store_.head().find_node(one_)->attachments, IsEmpty());
  EXPECT_THAT(plan_of(store_.head(), one_).networks, IsEmpty());
}

TEST_F(NodeLocalTest, ItsNodeIsToldWhatToMakeOfIt) {
  auto const id = create(in_lan(1));
  auto const told = networks_for(store_.head(), *wanted(id).at(0));
  ASSERT_THAT(told, SizeIs(1));
  EXPECT_EQ(told[0].id, lan_.str());
  EXPECT_EQ(told[0].name, "lan");
  ASSERT_TRUE(told[0].node_local);
  EXPECT_EQ(told[0].node_local->config_from, "lan-config");
  EXPECT_EQ(told[0].driver_options, (model::StringMap{{"a", "b"}}));
  EXPECT_THAT(told[0].aliases, ElementsAre("site", "tasks.site", "web", "tasks.web"));
}

TEST_F(NodeLocalTest, WhereAnOverlayHasTheNamesTheEngineGivesNone) {
  auto const overlay = add_network("back", "overlay");
  auto wish = in_lan(1);
  wish.task.networks.push_back({overlay.str(), {}, {}});
  auto const told = networks_for(store_.head(), *wanted(create(wish)).at(0));
  ASSERT_THAT(told, SizeIs(2));
  EXPECT_THAT(told[0].aliases, IsEmpty());
}

TEST_F(NodeLocalTest, AnEngineThatIsDrivenFromAfarHasItToo) {
  edit_node(one_, [](model::Node& node) { node.access.agent_port = 0; });
  auto const id = create(in_lan(1));
  ASSERT_EQ(wanted(id).at(0)->node_id, one_);
  EXPECT_THAT(networks_for(store_.head(), *wanted(id).at(0)), SizeIs(1));
}

TEST_F(NodeLocalTest, TasksGoWhereTheDriverIs) {
  edit_node(one_, [](model::Node& node) { node.description.plugins = {{"Network", "bridge"}}; });
  auto const id = create(in_lan(1));
  EXPECT_THAT(wanted(id).at(0)->status.err.str(), HasSubstr("missing plugin on 1 node"));
  auto const two = add_node("h2");
  have_driver(two);
  EXPECT_EQ(wanted(id).at(0)->node_id, two);
}

TEST_F(NodeLocalTest, AContainerOfAUserJoinsWithoutAnAddress) {
  auto const id = new_id<model::TaskTag>(random_);
  change([&](state::Draft& draft) -> Result<void> {
    draft.put(model::make_attachment(id, one_, {lan_, "10.0.0.9", {}}));
    return {};
  });
  settle();
  auto const task = store_.head().find_task(id);
  EXPECT_EQ(task->status.state, model::TaskState::Assigned);
  EXPECT_THAT(task->networks, ElementsAre(model::NetworkAddress{lan_, ""}));
  EXPECT_THAT(store_.head().find_node(one_)->attachments, IsEmpty());
  EXPECT_THAT(networks_for(store_.head(), *task).at(0).aliases, IsEmpty());
}

}  // namespace
}  // namespace swarmward::scheduler
