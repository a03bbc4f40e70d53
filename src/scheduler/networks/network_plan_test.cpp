#include "scheduler/networks/network_plan.h"

#include <gmock/gmock.h>

#include "scheduler/testing/cluster_fixture.h"
#include "scheduler/testing/plan_of.h"

namespace swarmward::scheduler {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

/// Two nodes, the ingress network (10.0.0.0/24: nodes .2 and .3) and another one (10.0.1.0/24).
class NetworkPlanTest : public ClusterFixture {
 protected:
  NetworkPlanTest() {
    store_.watch_head([this](state::Touched const& touched) { touched_.add(touched); });
    change([](state::Draft& draft) -> Result<void> {
      draft.put(model::Cluster{});
      return {};
    });
    one_ = add_node("h1");
    two_ = add_node("h2");
    edit_node(one_, [](model::Node& node) { node.status.addr = "192.168.0.1"; });
    edit_node(two_, [](model::Node& node) { node.status.addr = "192.168.0.2"; });
    ingress_ = add_network("ingress");
    back_ = add_network("back");
  }

  model::NetworkId add_network(std::string name) {
    model::Network network;
    network.id = new_id<model::NetworkTag>(random_);
    network.spec.annotations.name = std::move(name);
    network.spec.ingress = network.name() == "ingress";
    network.spec.driver.options["com.docker.network.driver.mtu"] = "1400";
    change([&](state::Draft& draft) -> Result<void> {
      draft.put(network);
      return {};
    });
    settle();
    return network.id;
  }

  model::ServiceSpec wish(std::uint64_t replicas) {
    auto made = spec(replicas);
    made.task.networks.push_back({back_.str(), {"Db"}, {}});
    made.endpoint =
        model::EndpointSpec{model::EndpointMode::Vip,
                            {{"", model::Protocol::Tcp, 80, 8080, model::PublishMode::Ingress}}};
    return made;
  }
  /// What a node knows that was told change by change: the same as one that has just come.
  model::NetworkPlan plan(model::NodeId const& node) {
    book_.update(store_.head(), std::exchange(touched_, {}));
    auto& follower = followers_.try_emplace(node, node.str()).first->second;
    auto const told = tell(follower, book_, node);
    EXPECT_TRUE(told) << told.error().message;
    EXPECT_EQ(follower.plan(), plan_of(store_.head(), node));
    return follower.plan();
  }
  model::PlannedNetwork back_on(model::NodeId const& node) {
    for (model::PlannedNetwork const& network : plan(node).networks) {
      if (network.id == back_.view()) {
        return network;
      }
    }
    return {};
  }
  static bool matters(state::Touched const& touched) {
    PlanOwners owners;
    owners.add(touched);
    return !owners.empty();
  }
  static std::vector<std::string> names(std::vector<model::PlannedName> const& list) {
    std::vector<std::string> all;
    for (auto const& name : list) {
      all.push_back(name.name);
    }
    return all;
  }
  static std::vector<std::string> addresses_of(model::PlannedNetwork const& network,
                                               std::string const& name) {
    for (auto const& known : network.names) {
      if (known.name == name) {
        return known.addresses;
      }
    }
    return {};
  }

  PlanOwners touched_;
  PlanBook book_;
  std::map<model::NodeId, PlanFollower> followers_;
  model::NodeId one_;
  model::NodeId two_;
  model::NetworkId ingress_;
  model::NetworkId back_;
};

TEST_F(NetworkPlanTest, WithoutTasksOnlyTheIngressNetworkIsThere) {
  auto const planned = plan(one_);
  ASSERT_THAT(planned.networks, SizeIs(1));
  EXPECT_EQ(planned.ingress, ingress_.view());
  EXPECT_EQ(planned.networks[0]->node_address, "10.0.0.2");
  EXPECT_EQ(planned.networks[0]->mtu, 1400U);
  EXPECT_THAT(planned.networks[0]->peers,
              ElementsAre(model::PlannedPeer{"10.0.0.3", "192.168.0.2", "10.0.0.3"}));
  EXPECT_THAT(planned.ports, IsEmpty());
  EXPECT_EQ(plan(model::NodeId("nobody")), model::NetworkPlan{});
}

TEST_F(NetworkPlanTest, ServersOfNamesAreTheTasksOrTheHosts) {
  edit_node(one_, [](model::Node& node) { node.access.resolvers = {"192.0.2.53"}; });
  auto own = wish(1);
  own.task.container->dns = model::DnsConfig{{"192.0.2.99"}, {}, {}};
  own.task.placement.emplace().constraints = {"node.hostname==h1"};
  auto const id = create(own);
  obey();
  auto const here = back_on(one_);
  ASSERT_THAT(here.local, SizeIs(1));
  EXPECT_EQ(here.own_servers, here.local);
  auto const task = store_.head().tasks_of(id).front();
  EXPECT_THAT(networks_for(store_.head(), *task).front().resolvers, ElementsAre("192.0.2.53"));
}

TEST_F(NetworkPlanTest, PortsThatKeepTheClientOrAreLocal) {
  auto local = wish(1);
  local.annotations.labels = {{"ward.ingress", "local"},
                              {"ward.publish.8080.ip", "eth1, 10.9.9.9"}};
  local.task.placement.emplace().constraints = {"node.hostname==h1"};
  create(local);
  obey();
  ASSERT_THAT(plan(one_).ports, SizeIs(1));
  EXPECT_EQ(plan(one_).ports[0].mode, model::IngressMode::Local);
  EXPECT_THAT(plan(one_).ports[0].at, ElementsAre("eth1", "10.9.9.9"));
  EXPECT_THAT(plan(two_).ports, IsEmpty());
}

TEST_F(NetworkPlanTest, TasksArePeersElsewhereAndMembersHere) {
  auto const id = create(wish(2));
  obey();
  auto const here = back_on(one_);
  auto const there = back_on(two_);
  ASSERT_THAT(here.local, SizeIs(1));
  ASSERT_THAT(there.local, SizeIs(1));
  EXPECT_EQ(here.subnet, "10.0.1.0/24");
  EXPECT_THAT(here.peers,
              ::testing::UnorderedElementsAre(
                  model::PlannedPeer{there.local[0], "192.168.0.2", there.node_address},
                  model::PlannedPeer{there.node_address, "192.168.0.2", there.node_address}));
  ASSERT_THAT(here.vips, SizeIs(1));
  EXPECT_EQ(here.vips[0].address, "10.0.1.2");
  EXPECT_THAT(here.vips[0].backends,
              ::testing::UnorderedElementsAre(here.local[0], there.local[0]));
  EXPECT_EQ(here.vips, there.vips);
  ASSERT_THAT(plan(one_).ports, SizeIs(1));
  EXPECT_EQ(plan(one_).ports[0].published_port, 8080U);
  EXPECT_THAT(plan(one_).ports[0].backends, SizeIs(2));
  EXPECT_EQ(plan(one_).ports, plan(two_).ports);
  EXPECT_EQ(service(id)->endpoint.ports[0].target_port, plan(one_).ports[0].target_port);
}

TEST_F(NetworkPlanTest, NamesStandForServicesAliasesAndTasks) {
  auto const id = create(wish(2));
  obey();
  auto const network = back_on(one_);
  EXPECT_THAT(addresses_of(network, "web"), ElementsAre("10.0.1.2"));
  EXPECT_THAT(addresses_of(network, "db"), ElementsAre("10.0.1.2"));
  EXPECT_THAT(addresses_of(network, "tasks.web"), SizeIs(2));
  EXPECT_THAT(addresses_of(network, "tasks.db"), SizeIs(2));
  for (auto const& task : wanted(id)) {
    EXPECT_THAT(addresses_of(network, model::full_name(*task)), SizeIs(1));
  }
  EXPECT_THAT(names(network.reverse), SizeIs(3));
}

TEST_F(NetworkPlanTest, OnlyTasksThatRunAndShallRunServe) {
  auto const id = create(wish(2));
  EXPECT_THAT(back_on(one_).local, SizeIs(1)) << "assigned: its container may come";
  EXPECT_THAT(back_on(one_).vips[0].backends, IsEmpty());
  obey();
  update(id, [](model::ServiceSpec& spec) { spec.mode = model::Replicated{1}; });
  EXPECT_THAT(back_on(one_).vips[0].backends, SizeIs(1)) << "before its stop signal";
  EXPECT_THAT(addresses_of(back_on(one_), "tasks.web"), SizeIs(1));
  EXPECT_THAT(plan(one_).ports[0].backends, SizeIs(1));
  EXPECT_EQ(back_on(one_).local.size() + back_on(two_).local.size(), 2U) << "but not its address";
}

TEST_F(NetworkPlanTest, TasksOfJobsServeWhileTheyRun) {
  auto job = wish(1);
  job.mode = model::ReplicatedJob{1, 1};
  auto const id = create(job);
  observe(wanted(id)[0]->id, model::TaskState::Running);
  EXPECT_THAT(
      back_on(one_).vips.empty() ? back_on(two_).vips[0].backends : back_on(one_).vips[0].backends,
      SizeIs(1));
}

TEST_F(NetworkPlanTest, WithoutAVirtualAddressTheNameStandsForTheTasks) {
  auto dnsrr = wish(2);
  dnsrr.endpoint = model::EndpointSpec{model::EndpointMode::Dnsrr, {}};
  create(dnsrr);
  obey();
  EXPECT_THAT(addresses_of(back_on(one_), "web"), SizeIs(2));
  EXPECT_THAT(back_on(one_).vips, IsEmpty());
}

/// The network `back` becomes an encrypted one with the usual MTU.
class EncryptedPlanTest : public NetworkPlanTest {
 protected:
  EncryptedPlanTest() {
    change([&](state::Draft& draft) -> Result<void> {
      auto network = *draft.view().find_network(back_);
      network.spec.driver.options = {{"encrypted", ""}};
      draft.put(network);
      return {};
    });
    settle();
  }
  void let_encrypt(model::NodeId const& node) {
    edit_node(node, [](model::Node& edited) { edited.can_encrypt = true; });
  }
};

TEST_F(EncryptedPlanTest, KeysAreForNodesWithAnEncryptedNetworkOnly) {
  let_encrypt(one_);
  let_encrypt(two_);
  EXPECT_THAT(plan(one_).keys, IsEmpty());
  EXPECT_EQ(plan(one_).host, "");
  create(wish(1));
  auto const here = back_on(one_).id.empty() ? two_ : one_;
  auto const other = here == one_ ? two_ : one_;
  EXPECT_TRUE(back_on(here).encrypted);
  EXPECT_EQ(back_on(here).mtu, 1424U);
  EXPECT_EQ(plan(here).keys, store_.head().cluster->network_keys);
  EXPECT_THAT(plan(here).keys, SizeIs(3));
  EXPECT_EQ(plan(here).host, store_.head().find_node(here)->status.addr);
  EXPECT_THAT(plan(other).keys, IsEmpty());
}

TEST_F(EncryptedPlanTest, NewKeysChangePlans) {
  auto before = std::make_shared<model::Cluster>();
  auto after = std::make_shared<model::Cluster>();
  state::Touched touched;
  touched.clusters.push_back({before, after});
  EXPECT_FALSE(matters(touched));
  after->network_keys.push_back({1, "00"});
  EXPECT_TRUE(matters(touched));
}

TEST_F(EncryptedPlanTest, TasksGoWhereTheKernelCanEncrypt) {
  let_encrypt(two_);
  auto const id = create(wish(3));
  for (auto const& task : wanted(id)) {
    EXPECT_EQ(task->node_id, two_);
  }
}

TEST_F(EncryptedPlanTest, TasksWaitWithAReasonWhereNoKernelCan) {
  auto const id = create(wish(1));
  auto const waiting = wanted(id);
  ASSERT_THAT(waiting, SizeIs(1));
  EXPECT_EQ(waiting[0]->status.state, model::TaskState::Pending);
  EXPECT_EQ(waiting[0]->status.err,
            "no suitable node (no encryption of networks (ESP) in the kernel on 2 nodes)");
  let_encrypt(one_);
  EXPECT_EQ(wanted(id)[0]->node_id, one_);
}

TEST_F(EncryptedPlanTest, TasksAreToldToJoinItEncrypted) {
  let_encrypt(one_);
  auto const id = create(wish(1));
  auto const networks = networks_for(store_.head(), *wanted(id)[0]);
  auto const found = std::ranges::find(networks, back_.view(), &model::TaskNetwork::id);
  ASSERT_NE(found, networks.end());
  EXPECT_TRUE(found->encrypted);
  EXPECT_EQ(found->mtu, 1424U);
}

TEST_F(NetworkPlanTest, SaysWhichCommitsMatter) {
  auto before = std::make_shared<model::Task>();
  auto after = std::make_shared<model::Task>();
  state::Touched touched;
  touched.tasks.push_back({before, after});
  EXPECT_FALSE(matters(touched));
  before->networks = after->networks = {{back_, "10.0.1.9/24"}};
  EXPECT_FALSE(matters(touched));
  after->status.state = model::TaskState::Running;
  EXPECT_TRUE(matters(touched));
  state::Touched beat;
  beat.nodes.push_back({std::make_shared<model::Node>(), std::make_shared<model::Node>()});
  EXPECT_FALSE(matters(beat));
}

}  // namespace
}  // namespace swarmward::scheduler
