#include "mesh/apply/vip_table.h"

#include <gmock/gmock.h>

#include "mesh/testing/mini_overlay.h"

namespace swarmward::mesh {
namespace {

using ::testing::ElementsAre;
using ::testing::Pair;
using ::testing::StartsWith;

constexpr char const* kVip = "10.0.1.5";
Target const kService{kVip, 80};

/// Two hosts; a client and a task on the first, another task on the second.
class VipTableTest : public MiniOverlayTest {
 protected:
  void SetUp() override {
    MiniOverlayTest::SetUp();
    if (IsSkipped()) {
      return;
    }
    first_ = &add_host("10.0.1.2");
    second_ = &add_host("10.0.1.3");
    client_ = &add_task(*first_, "10.0.1.10");
    near_ = &add_task(*first_, "10.0.1.11");
    add_task(*second_, "10.0.1.12");
    connect({kVip});
    table_.emplace(*first_->overlay);
  }

  [[nodiscard]] model::PlannedNetwork network(std::vector<std::string> backends) const {
    auto network = plan(*first_);
    network.vips = {{kVip, std::move(backends)}};
    return network;
  }

  Host* first_ = nullptr;
  Host* second_ = nullptr;
  Task* client_ = nullptr;
  Task* near_ = nullptr;
  std::optional<VipTable> table_;
};

TEST_F(VipTableTest, TakesTurnsAndKeepsTheClientsAddress) {
  ASSERT_TRUE(table_->apply(network({"10.0.1.11", "10.0.1.12"})));
  EXPECT_THAT(ask_often(client_->net, kService, 100),
              ElementsAre(Pair("10.0.1.11 10.0.1.10", 50), Pair("10.0.1.12 10.0.1.10", 50)));
  EXPECT_EQ(UdpAsker(client_->net).ask(kService).substr(9), " 10.0.1.10");
}

TEST_F(VipTableTest, ServicesAskedInTurnDoNotDisturbEachOther) {
  connect({kVip, "10.0.1.6"});
  auto both = network({"10.0.1.11", "10.0.1.12"});
  both.vips.push_back({"10.0.1.6", both.vips[0].backends});
  ASSERT_TRUE(table_->apply(both));
  std::map<std::string, int> counts;
  for (int i = 0; i < 20; ++i) {
    ++counts[ask_tcp(client_->net, kService).substr(0, 9)];
    ++counts["other " + ask_tcp(client_->net, {"10.0.1.6", 80}).substr(0, 9)];
  }
  EXPECT_THAT(counts,
              ElementsAre(Pair("10.0.1.11", 10),
                          Pair("10.0.1.12", 10),
                          Pair("other 10.0.1.11", 10),
                          Pair("other 10.0.1.12", 10)));
}

TEST_F(VipTableTest, ATaskReachesItselfAndSeesTheNode) {
  ASSERT_TRUE(table_->apply(network({"10.0.1.11"})));
  EXPECT_EQ(ask_tcp(near_->net, kService), "10.0.1.11 10.0.1.2");
}

TEST_F(VipTableTest, WithoutBridgeNetfilterTasksSeeTheNode) {
  VipTable plain(*first_->overlay, "/no/such/folder");
  ASSERT_TRUE(plain.apply(network({"10.0.1.11", "10.0.1.12"})));
  shell(*first_->overlay, "sysctl -q net.bridge.bridge-nf-call-iptables=0");
  EXPECT_THAT(ask_often(client_->net, kService, 10),
              ElementsAre(Pair("10.0.1.11 10.0.1.2", 5), Pair("10.0.1.12 10.0.1.2", 5)));
  EXPECT_EQ(ask_tcp(near_->net, kService).substr(9), " 10.0.1.2");
}

TEST_F(VipTableTest, TheVipAnswersPings) {
  ASSERT_TRUE(table_->apply(network({})));
  EXPECT_TRUE(answers_ping(client_->net, kVip));
  EXPECT_FALSE(answers_ping(client_->net, "10.0.1.6"));
}

TEST_F(VipTableTest, NobodyAnswersWithoutBackends) {
  ASSERT_TRUE(table_->apply(network({"10.0.1.11"})));
  ASSERT_TRUE(table_->apply(network({})));
  EXPECT_EQ(ask_tcp(client_->net, kService, kBriefly), "");
}

TEST_F(VipTableTest, AFlowOfUdpRecoversWhenItsTaskGoes) {
  ASSERT_TRUE(table_->apply(network({"10.0.1.11"})));
  UdpAsker const asker(client_->net);
  EXPECT_THAT(asker.ask(kService), StartsWith("10.0.1.11"));
  ASSERT_TRUE(table_->apply(network({"10.0.1.12"})));
  EXPECT_THAT(asker.ask(kService), StartsWith("10.0.1.12"));
  // Also when for a while there was no task at all.
  ASSERT_TRUE(table_->apply(network({})));
  EXPECT_EQ(asker.ask(kService), "");
  ASSERT_TRUE(table_->apply(network({"10.0.1.11"})));
  static_cast<void>(asker.ask(kService));  // Takes the error that the last datagram met.
  EXPECT_THAT(asker.ask(kService), StartsWith("10.0.1.11"));
}

TEST_F(VipTableTest, WhatOthersFlushedComesBack) {
  ASSERT_TRUE(table_->apply(network({"10.0.1.11", "10.0.1.12"})));
  ASSERT_TRUE(table_->reassert());
  shell(*first_->overlay, "nft flush ruleset");
  EXPECT_EQ(ask_tcp(client_->net, kService, kBriefly), "");
  ASSERT_TRUE(table_->reassert());
  EXPECT_NE(ask_tcp(client_->net, kService), "");
  shell(*first_->overlay, "nft flush chain ip ward_vip balance");
  ASSERT_TRUE(table_->reassert());
  EXPECT_NE(ask_tcp(client_->net, kService), "");
}

TEST_F(VipTableTest, AChangeAfterAFlushWritesAllOfIt) {
  ASSERT_TRUE(table_->apply(network({"10.0.1.11"})));
  shell(*first_->overlay, "nft flush ruleset");
  ASSERT_TRUE(table_->apply(network({"10.0.1.11", "10.0.1.12"})));
  EXPECT_THAT(ask_often(client_->net, kService, 4),
              ElementsAre(Pair("10.0.1.11 10.0.1.10", 2), Pair("10.0.1.12 10.0.1.10", 2)));
}

TEST_F(VipTableTest, ANewProcessTakesOver) {
  ASSERT_TRUE(table_->apply(network({"10.0.1.11"})));
  VipTable later(*first_->overlay);
  ASSERT_TRUE(later.apply(network({"10.0.1.12"})));
  EXPECT_EQ(ask_tcp(client_->net, kService), "10.0.1.12 10.0.1.10");
}

TEST_F(VipTableTest, NothingIsLeftAfterwards) {
  ASSERT_TRUE(table_->apply(network({"10.0.1.11"})));
  ASSERT_TRUE(table_->remove());
  EXPECT_EQ(shell(*first_->overlay, "nft list ruleset"), "");
  EXPECT_TRUE(table_->remove());
}

}  // namespace
}  // namespace swarmward::mesh
