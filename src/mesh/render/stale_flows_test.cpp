#include "mesh/render/stale_flows.h"

#include <map>
#include <random>
#include <string>
#include <vector>

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
  ended.network.change([](model::PlannedNetwork& edited) { edited.local.clear(); });
  EXPECT_THAT(plan_stale_ingress_flows(ending, ended, kAsked), ElementsAre(all_of(kFirst)));
}

TEST(StaleFlows, AVipThatGetsABackendForgetsWhoAskedInVain) {
  auto idle = network();
  idle.vips[0].backends.clear();
  EXPECT_THAT(plan_stale_flows(idle, network()),
              ElementsAre(FlowFilter{kVip, kVip, std::nullopt, model::Protocol::Udp}));
}

TEST(StaleFlows, AMemberThatMovesHereIsNotGone) {
  auto before = network();
  before.peers = {{"10.0.1.20", "h"}, {"10.0.1.21", "h"}, {"10.0.1.22", "h"}};
  auto after = before;
  after.local.push_back("10.0.1.21");
  std::erase_if(after.peers, [](auto const& peer) { return peer.address == "10.0.1.21"; });
  EXPECT_THAT(plan_stale_flows(before, after), IsEmpty());
  EXPECT_THAT(plan_stale_flows(after, before), IsEmpty());
}

/// Whatever comes and goes, at the ends or between: each member that is gone, and nobody else.
TEST(StaleFlows, HoldsForRandomMembers) {
  std::mt19937 random(7);
  auto const choose = [&] {
    std::map<std::string, bool> members;
    for (int i = 10; i < 20; ++i) {
      if (random() % 3 != 0) {
        members["10.0.1." + std::to_string(i)] = random() % 2 == 0;
      }
    }
    return members;
  };
  auto const planned = [](std::map<std::string, bool> const& members) {
    model::PlannedNetwork network;
    for (auto const& [address, is_local] : members) {
      if (is_local) {
        network.local.push_back(address);
      } else {
        network.peers.push_back({address, "h"});
      }
    }
    return network;
  };
  for (int round = 0; round < 300; ++round) {
    auto const before = choose();
    auto const after = choose();
    std::vector<FlowFilter> expected;
    for (auto const& [address, is_local] : before) {
      if (!after.contains(address)) {
        expected.push_back(all_of(*parse_address(address)));
      }
    }
    EXPECT_EQ(plan_stale_flows(planned(before), planned(after)), expected);
  }
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
