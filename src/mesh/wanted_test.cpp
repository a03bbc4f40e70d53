#include "mesh/wanted.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace swarmward::mesh {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

AgentState one_network() {
  AgentState state;
  state.networks["engine-1"] = {.network = "n1",
                                .vni = 4097,
                                .subnet = *parse_subnet("10.0.1.0/24"),
                                .node = *parse_address("10.0.1.2")};
  return state;
}

model::PlannedNetwork planned(char const* id) {
  model::PlannedNetwork network;
  network.id = id;
  network.name = "web";
  network.vni = 4097;
  network.subnet = "10.0.1.0/24";
  network.node_address = "10.0.1.2";
  return network;
}

OverlayPeer peer(char const* address, char const* host) {
  return {.address = *parse_address(address), .host = *parse_address(host)};
}

TEST(PlanWanted, ANetworkOfTheEngineIsWantedBeforeAnyPlanNamesIt) {
  auto const wanted = plan_wanted(one_network(), {});
  ASSERT_THAT(wanted.networks, SizeIs(1));
  EXPECT_EQ(wanted.networks[0].planned->id, "n1");
  EXPECT_EQ(wanted.networks[0].overlay.vni, 4097U);
  EXPECT_EQ(to_text(wanted.networks[0].overlay.node), "10.0.1.2");
}

TEST(PlanWanted, OfThePlanAloneOnlyTheIngressNetworkIsWanted) {
  model::NetworkPlan plan{
      .networks = {planned("n1"), planned("ing")}, .ingress = "ing", .ports = {}};
  auto const wanted = plan_wanted({}, plan);
  ASSERT_THAT(wanted.networks, SizeIs(1));
  EXPECT_EQ(wanted.networks[0].planned->id, "ing");
}

TEST(PlanWanted, TheIngressNetworkHasNoVirtualAddresses) {
  auto state = one_network();
  model::NetworkPlan plan{
      .networks = {planned("n1"), planned("ing")}, .ingress = "ing", .ports = {}};
  for (auto& network : plan.networks) {
    network.change([](model::PlannedNetwork& edited) {
      edited.vips = {{.address = "10.0.1.9", .backends = {}}};
    });
  }
  auto const wanted = plan_wanted(state, plan);
  ASSERT_THAT(wanted.networks, SizeIs(2));
  for (auto const& network : wanted.networks) {
    EXPECT_EQ(network.ingress, network.planned->id == "ing");
    EXPECT_THAT(network.planned->vips, SizeIs(network.ingress ? 0 : 1));
    EXPECT_THAT(network.overlay.vips, SizeIs(network.ingress ? 0 : 1));
  }
}

TEST(PlanWanted, PeersAreThoseWithoutAnEndpointHere) {
  auto state = one_network();
  state.endpoints["e1"] = {.network = "engine-1", .address = *parse_address("10.0.1.5"), .mac = {}};
  state.endpoints["e2"] = {.network = "other", .address = *parse_address("10.0.1.6"), .mac = {}};
  auto network = planned("n1");
  network.peers = {{"10.0.1.5", "192.168.0.2"}, {"10.0.1.6", "192.168.0.2"}};
  network.vips = {{.address = "10.0.1.9", .backends = {}}};
  auto const wanted = plan_wanted(state, {.networks = {network}, .ingress = {}, .ports = {}});
  EXPECT_THAT(wanted.networks[0].overlay.peers, ElementsAre(peer("10.0.1.6", "192.168.0.2")));
  EXPECT_THAT(wanted.networks[0].overlay.vips, ElementsAre(*parse_address("10.0.1.9")));
  EXPECT_THAT(wanted.problems, IsEmpty());
}

TEST(PlanWanted, APlanWithoutSenseLeavesWhatTheEngineSaid) {
  for (auto const spoil : {+[](model::PlannedNetwork& n) { n.subnet = "10.0.1.0/99"; },
                           +[](model::PlannedNetwork& n) { n.node_address = "10.9.9.9"; },
                           +[](model::PlannedNetwork& n) { n.vni = 0; },
                           +[](model::PlannedNetwork& n) { n.mtu = 0; }}) {
    auto network = planned("n1");
    spoil(network);
    auto const wanted =
        plan_wanted(one_network(), {.networks = {network}, .ingress = {}, .ports = {}});
    ASSERT_THAT(wanted.networks, SizeIs(1));
    EXPECT_EQ(wanted.networks[0].overlay.mtu, 1450U);
    EXPECT_THAT(wanted.problems, SizeIs(1));
  }
}

TEST(PlanWanted, ABadPeerIsLeftOutAlone) {
  auto network = planned("n1");
  network.peers = {{"10.0.1.x", "192.168.0.2"}, {"10.0.1.6", "192.168.0.2"}};
  auto const wanted =
      plan_wanted(one_network(), {.networks = {network}, .ingress = {}, .ports = {}});
  EXPECT_THAT(wanted.networks[0].overlay.peers, SizeIs(1));
  EXPECT_THAT(wanted.problems, SizeIs(1));
}

}  // namespace
}  // namespace swarmward::mesh
