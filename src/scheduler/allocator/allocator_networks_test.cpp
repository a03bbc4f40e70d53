#include <set>

#include <gmock/gmock.h>

#include "scheduler/allocator/allocator.h"
#include "scheduler/testing/cluster_fixture.h"

namespace swarmward::scheduler {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class AllocatorNetworksTest : public ClusterFixture {
 protected:
  AllocatorNetworksTest() {
    change([](state::Draft& draft) -> Result<void> {
      draft.put(model::Cluster{});
      return {};
    });
  }

  model::NetworkId add_network(std::string name,
                               std::vector<model::IpamConfig> ipam = {},
                               std::string const& vni = {}) {
    model::Network network;
    if (!vni.empty()) {
      network.spec.driver.options["com.docker.network.driver.overlay.vxlanid_list"] = vni;
    }
    network.id = new_id<model::NetworkTag>(random_);
    network.spec.annotations.name = std::move(name);
    network.spec.ingress = network.name() == "ingress";
    network.spec.ipam = std::move(ipam);
    change([&](state::Draft& draft) -> Result<void> {
      draft.put(network);
      return {};
    });
    settle();
    return network.id;
  }
  void remove_network(model::NetworkId const& id) {
    change([&](state::Draft& draft) -> Result<void> {
      draft.erase(id);
      return {};
    });
    settle();
  }
  state::NetworkPtr network(model::NetworkId const& id) { return store_.head().find_network(id); }

  static model::ServiceSpec on(std::vector<model::NetworkId> const& networks,
                               std::uint64_t replicas) {
    auto made = spec(replicas);
    for (auto const& id : networks) {
      made.task.networks.push_back({id.str(), {}, {}});
    }
    return made;
  }
  static void publish(model::ServiceSpec& spec) {
    spec.endpoint =
        model::EndpointSpec{model::EndpointMode::Vip,
                            {{"", model::Protocol::Tcp, 80, 8080, model::PublishMode::Ingress}}};
  }

  std::vector<std::string> addresses(model::ServiceId const& service,
                                     model::NetworkId const& network) {
    std::vector<std::string> all;
    for (auto const& task : wanted(service)) {
      for (auto const& [id, address] : task->networks) {
        if (id == network) {
          all.push_back(address);
        }
      }
    }
    return all;
  }
};

TEST_F(AllocatorNetworksTest, ANetworkMayHaveSeveralSubnets) {
  auto const wide = add_network("w", {{"10.40.0.0/30", "", "", {}}, {"10.40.1.0/29", "", "", {}}});
  ASSERT_THAT(network(wide)->ipam, SizeIs(2));
  EXPECT_EQ(network(wide)->ipam[1].gateway, "10.40.1.1");
  auto const refusal = [&](std::string const& name, std::vector<model::IpamConfig> ipam) {
    return network(add_network(name, std::move(ipam)))->err;
  };
  auto const* over = "invalid pool request: Pool overlaps with other one on this address space";
  EXPECT_EQ(refusal("over", {{"10.40.1.0/24", "", "", {}}}), over);
  EXPECT_EQ(refusal("self", {{"10.41.0.0/24", "", "", {}}, {"10.41.0.0/16", "", "", {}}}), over);
  EXPECT_EQ(refusal("ingress", {{"10.42.0.0/24", "", "", {}}, {"10.43.0.0/24", "", "", {}}}),
            "the network for published ports can have one subnet only");
}

TEST_F(AllocatorNetworksTest, NetworksAreCutFromThePoolOneAfterTheOther) {
  auto const first = add_network("ingress");
  auto const second = add_network("back");
  EXPECT_EQ(network(first)->vni, 4096U);
  EXPECT_EQ(network(first)->ipam[0].subnet, "10.0.0.0/24");
  EXPECT_EQ(network(first)->ipam[0].gateway, "10.0.0.1");
  EXPECT_EQ(network(second)->vni, 4097U);
  EXPECT_EQ(network(second)->ipam[0].subnet, "10.0.1.0/24");
}

TEST_F(AllocatorNetworksTest, ANewSwarmBeginsWithItsOwnPool) {
  auto const old = add_network("ingress");
  change([&](state::Draft& draft) -> Result<void> {
    draft.erase(old);
    draft.erase_cluster();
    return {};
  });
  change([](state::Draft& draft) -> Result<void> {
    model::Cluster cluster;
    cluster.default_addr_pool = std::vector<std::string>{"172.20.0.0/16"};
    cluster.subnet_size = 26;
    draft.put(std::move(cluster));
    return {};
  });
  EXPECT_EQ(network(add_network("ingress"))->ipam[0].subnet, "172.20.0.0/26");
  EXPECT_EQ(network(add_network("back"))->ipam[0].subnet, "172.20.0.64/26");
}

TEST_F(AllocatorNetworksTest, ASubnetThatWasAskedForIsGivenOnce) {
  auto const mine = add_network("mine", {{"10.0.0.0/16", "", "10.0.0.9", {}}});
  EXPECT_EQ(network(mine)->ipam[0].gateway, "10.0.0.9");
  EXPECT_EQ(network(add_network("other"))->ipam[0].subnet, "10.1.0.0/24");
  auto const late = add_network("late", {{"10.0.3.0/24", "", "", {}}});
  EXPECT_EQ(network(late)->vni, 0U);
  EXPECT_EQ(network(late)->err,
            "invalid pool request: Pool overlaps with other one on this address space");
  remove_network(mine);
  EXPECT_EQ(network(late)->ipam[0].subnet, "10.0.3.0/24");
  EXPECT_EQ(network(late)->err, "");
}

TEST_F(AllocatorNetworksTest, AddressesComeFromTheRangeThatWasAskedFor) {
  add_node("h1");
  model::IpamConfig config;
  config.subnet = "10.91.0.0/24";
  config.range = "10.91.0.128/25";
  auto const back = add_network("back", {config});
  auto const id = create(on({back}, 2));
  EXPECT_EQ(network(back)->ipam[0].gateway, "10.91.0.1");
  EXPECT_EQ(service(id)->endpoint.virtual_ips[0].address, "10.91.0.128/24");
  EXPECT_THAT(addresses(id, back),
              ::testing::UnorderedElementsAre("10.91.0.129/24", "10.91.0.130/24"));
  config.range = "10.92.0.0/25";
  config.subnet = "10.93.0.0/24";
  EXPECT_EQ(network(add_network("other", {config}))->err,
            "the IP range 10.92.0.0/25 is not part of the subnet 10.93.0.0/24");
}

TEST_F(AllocatorNetworksTest, AVxlanIdIsGivenOnce) {
  auto const first = add_network("first", {}, "5000");
  auto const second = add_network("second", {}, "5000");
  EXPECT_EQ(network(first)->vni, 5000U);
  EXPECT_EQ(network(second)->vni, 0U);
  EXPECT_EQ(network(second)->err, "requested VXLAN id 5000 is in use by network first");
  remove_network(first);
  EXPECT_EQ(network(second)->vni, 5000U);
  EXPECT_EQ(network(add_network("third", {}, "16777216"))->err,
            "the VXLAN id asked for is not one");
}

TEST_F(AllocatorNetworksTest, ANetworkThatIsNamedTwiceGivesOneAddress) {
  auto const back = add_network("back");
  add_node("h1");
  auto const id = create(on({back, back}, 1));
  EXPECT_THAT(service(id)->endpoint.virtual_ips, SizeIs(1));
  EXPECT_THAT(addresses(id, back), SizeIs(1));
}

TEST_F(AllocatorNetworksTest, ServicesTasksAndNodesGetAddresses) {
  auto const node = add_node("h1");
  auto const back = add_network("back");
  auto const id = create(on({back}, 2));
  EXPECT_EQ(service(id)->endpoint.virtual_ips,
            (std::vector{model::VirtualIp{back.str(), "10.0.0.2/24"}}));
  EXPECT_THAT(addresses(id, back), ::testing::UnorderedElementsAre("10.0.0.3/24", "10.0.0.4/24"));
  EXPECT_EQ(wanted(id)[0]->status.state, model::TaskState::Assigned);
  EXPECT_THAT(store_.head().find_node(node)->attachments,
              ElementsAre(model::NetworkAddress{back, "10.0.0.5/24"}));
}

TEST_F(AllocatorNetworksTest, TheNodesAddressGoesWithItsLastTask) {
  auto const node = add_node("h1");
  auto const back = add_network("back");
  auto const id = create(on({back}, 1));
  obey();
  EXPECT_THAT(store_.head().find_node(node)->attachments, SizeIs(1));
  remove(id);
  obey();
  EXPECT_THAT(store_.head().find_node(node)->attachments, IsEmpty());
}

TEST_F(AllocatorNetworksTest, EveryNodeIsInTheIngressNetwork) {
  auto const early = add_node("h1");
  auto const ingress = add_network("ingress");
  auto const late = add_node("h2");
  settle();
  EXPECT_THAT(store_.head().find_node(early)->attachments,
              ElementsAre(model::NetworkAddress{ingress, "10.0.0.2/24"}));
  EXPECT_THAT(store_.head().find_node(late)->attachments,
              ElementsAre(model::NetworkAddress{ingress, "10.0.0.3/24"}));
}

TEST_F(AllocatorNetworksTest, DnsrrHasNoVirtualAddressButTasksHaveTheirs) {
  add_node("h1");
  auto const back = add_network("back");
  auto wish = on({back}, 1);
  wish.endpoint = model::EndpointSpec{model::EndpointMode::Dnsrr, {}};
  auto const id = create(wish);
  EXPECT_THAT(service(id)->endpoint.virtual_ips, IsEmpty());
  EXPECT_THAT(addresses(id, back), ElementsAre("10.0.0.2/24"));
}

TEST_F(AllocatorNetworksTest, TheIngressNetworkComesFirst) {
  add_node("h1");
  auto const ingress = add_network("ingress");
  auto const back = add_network("back");
  auto wish = on({back}, 1);
  publish(wish);
  auto const id = create(wish);
  EXPECT_EQ(service(id)->endpoint.virtual_ips,
            (std::vector{model::VirtualIp{ingress.str(), "10.0.0.3/24"},
                         model::VirtualIp{back.str(), "10.0.1.2/24"}}));
  ASSERT_THAT(wanted(id)[0]->networks.all(), SizeIs(2));
  EXPECT_EQ(wanted(id)[0]->networks[0].network, ingress);
  update(id, [](model::ServiceSpec& spec) { spec.endpoint.reset(); });
  obey();
  EXPECT_THAT(service(id)->endpoint.virtual_ips,
              ElementsAre(model::VirtualIp{back.str(), "10.0.1.2/24"}));
  EXPECT_THAT(wanted(id)[0]->networks.all(), SizeIs(1));
}

TEST_F(AllocatorNetworksTest, VirtualAddressesSurviveUpdatesAndScaling) {
  add_node("h1");
  auto const back = add_network("back");
  auto const id = create(on({back}, 1));
  auto const before = service(id)->endpoint;
  update(id, [](model::ServiceSpec& spec) { spec.task.force_update = 1; });
  update(id, [](model::ServiceSpec& spec) { spec.mode = model::Replicated{0}; });
  obey();
  EXPECT_EQ(service(id)->endpoint, before);
}

TEST_F(AllocatorNetworksTest, TasksWaitForAnAddressAndSayWhy) {
  add_node("h1");
  // Six addresses: the gateway, the service's, the node's, and three for tasks.
  auto const tiny = add_network("tiny", {{"10.9.0.0/29", "", "", {}}});
  auto const id = create(on({tiny}, 3));
  update(id, [](model::ServiceSpec& spec) { spec.mode = model::Replicated{5}; });
  std::vector<state::TaskPtr> held;
  for (auto const& task : wanted(id)) {
    if (task->status.state == model::TaskState::New) {
      held.push_back(task);
    }
  }
  ASSERT_THAT(held, SizeIs(2));
  EXPECT_EQ(held[0]->status.err, "no address is left in network tiny");
  obey();
  observe(wanted(id)[0]->id, model::TaskState::Failed);
  std::set<std::string> distinct;
  for (auto const& address : addresses(id, tiny)) {
    EXPECT_TRUE(distinct.insert(address).second) << address;
  }
}

TEST_F(AllocatorNetworksTest, NothingIsGivenTwiceAfterARestart) {
  add_node("h1");
  auto const back = add_network("back");
  auto const first = create(on({back}, 3));
  loop_.touch_all();
  auto more = on({back}, 3);
  more.annotations.name = "more";
  auto const second = create(more);
  std::set<std::string> all{service(first)->endpoint.virtual_ips[0].address,
                            service(second)->endpoint.virtual_ips[0].address};
  for (auto const& id : {first, second}) {
    for (auto const& address : addresses(id, back)) {
      all.insert(address);
    }
  }
  EXPECT_THAT(all, SizeIs(8));
}

TEST_F(AllocatorNetworksTest, AServiceWaitsForItsNetwork) {
  add_node("h1");
  auto const first = add_network("first", {{"10.5.0.0/24", "", "", {}}});
  auto const late = add_network("late", {{"10.5.0.0/24", "", "", {}}});
  auto const id = create(on({late}, 1));
  ASSERT_THAT(wanted(id), SizeIs(1));
  EXPECT_EQ(wanted(id)[0]->status.state, model::TaskState::New);
  EXPECT_EQ(wanted(id)[0]->status.err,
            "network late has no addresses yet: invalid pool request: Pool overlaps with other one "
            "on this address space");
  remove_network(first);
  EXPECT_EQ(wanted(id)[0]->status.state, model::TaskState::Assigned);
}

}  // namespace
}  // namespace swarmward::scheduler
