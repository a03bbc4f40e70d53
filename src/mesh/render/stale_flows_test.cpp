#include "mesh/render/stale_flows.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace swarmward::mesh {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr Address kAsked{0xA9FEFA02U};
constexpr Address kVip{0x0A000105U};
constexpr Address kFirst{0x0A00010BU};
constexpr Address kSecond{0x0A00010CU};

model::PlannedNetwork network() {
  model::PlannedNetwork network;
  network.local = {"10.0.1.11"};
  network.peers = {{"10.0.1.12", "192.0.2.2"}};
  network.vips = {{"10.0.1.5", {"10.0.1.11", "10.0.1.12"}}};
  return network;
}

FlowFilter all_of(Address address) {
  return {.answered_by = address, .asked_for = {}, .asked_port = {}, .protocol = {}};
}

TEST(StaleFlows, NothingWithoutAChange) {
  EXPECT_THAT(plan_stale_flows(network(), network()), IsEmpty());
}

TEST(StaleFlows, ATaskThatEndsKeepsAllButItsDatagrams) {
  auto ending = network();
  ending.vips[0].backends = {"10.0.1.12"};
  EXPECT_THAT(plan_stale_flows(network(), ending),
              ElementsAre(FlowFilter{kFirst, kVip, std::nullopt, model::Protocol::Udp}));
}

TEST(StaleFlows, ATaskThatIsGoneKeepsNothing) {
  auto gone = network();
  gone.vips[0].backends = {"10.0.1.11"};
  gone.peers.clear();
  EXPECT_THAT(
      plan_stale_flows(network(), gone),
      ElementsAre(all_of(kSecond), FlowFilter{kSecond, kVip, std::nullopt, model::Protocol::Udp}));
}

TEST(StaleFlows, PortsOfTcpWaitForTheTasksEnd) {
  std::vector<model::PlannedPort> const before{{8080, 80, model::Protocol::Tcp, {"10.0.1.11"}},
                                               {8053, 53, model::Protocol::Udp, {"10.0.1.11"}}};
  std::vector<model::PlannedPort> const after{{8080, 80, model::Protocol::Tcp, {}},
                                              {8053, 53, model::Protocol::Udp, {}}};
  IngressState const serving{network(), before};
  IngressState ended{network(), after};
  EXPECT_THAT(plan_stale_ingress_flows(serving, ended, kAsked),
              ElementsAre(FlowFilter{kFirst, std::nullopt, 8053, model::Protocol::Udp}));
  // A client that went on asking meanwhile is served as soon as a task is there again.
  EXPECT_THAT(plan_stale_ingress_flows(ended, serving, kAsked),
              ElementsAre(FlowFilter{kAsked, std::nullopt, 8053, model::Protocol::Udp}));
  auto const ending = ended;
  ended.network.local.clear();
  EXPECT_THAT(plan_stale_ingress_flows(ending, ended, kAsked), ElementsAre(all_of(kFirst)));
}

TEST(StaleFlows, AVipThatGetsABackendForgetsWhoAskedInVain) {
  auto idle = network();
  idle.vips[0].backends.clear();
  EXPECT_THAT(plan_stale_flows(idle, network()),
              ElementsAre(FlowFilter{kVip, kVip, std::nullopt, model::Protocol::Udp}));
}

TEST(StaleFlows, TheHostForgetsDatagramsToPortsThatAreNewOrGone) {
  Published const kept{model::Protocol::Udp, 1};
  Published const old{model::Protocol::Udp, 2};
  Published const fresh{model::Protocol::Udp, 3};
  EXPECT_THAT(plan_stale_host_flows({kept, old, {model::Protocol::Tcp, 4}}, {kept, fresh}),
              ElementsAre(FlowFilter{std::nullopt, std::nullopt, 2, model::Protocol::Udp},
                          FlowFilter{std::nullopt, std::nullopt, 3, model::Protocol::Udp}));
}

}  // namespace
}  // namespace swarmward::mesh
