#include <gmock/gmock.h>

#include "mesh/apply/make_backend.h"
#include "mesh/apply/vip_table.h"
#include "mesh/testing/backends.h"
#include "mesh/testing/mini_overlay.h"

namespace swarmward::mesh {
namespace {

using ::testing::ElementsAre;
using ::testing::Pair;
using ::testing::StartsWith;

constexpr char const* kVip = "10.0.1.5";
Target const kService{kVip, 80};

/// Two hosts; a client and a task on the first, another task on the second.
class VipBalancerTest : public MiniOverlayTest,
                        public ::testing::WithParamInterface<ChosenBackend> {
 protected:
  void SetUp() override {
    MiniOverlayTest::SetUp();
    if (IsSkipped()) {
      return;
    }
    if (auto const reason = why_not(GetParam()); !reason.empty()) {
      GTEST_SKIP() << reason;
    }
    first_ = &add_host("10.0.1.2");
    second_ = &add_host("10.0.1.3");
    client_ = &add_task(*first_, "10.0.1.10");
    near_ = &add_task(*first_, "10.0.1.11");
    add_task(*second_, "10.0.1.12");
    connect({kVip});
    table_ = make_vip_balancer(GetParam(), *first_->overlay);
    seen_ = GetParam().backend == Backend::Ipvs ? first_->node : client_->address;
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
  std::unique_ptr<VipBalancer> table_;
  std::string seen_;  ///< Whom tasks see when the client asks: with IPVS its node.
};

TEST_P(VipBalancerTest, TakesTurns) {
  ASSERT_TRUE(table_->apply(network({"10.0.1.11", "10.0.1.12"})));
  EXPECT_THAT(ask_often(client_->net, kService, 100),
              ElementsAre(Pair("10.0.1.11 " + seen_, 50), Pair("10.0.1.12 " + seen_, 50)));
  EXPECT_EQ(UdpAsker(client_->net).ask(kService).substr(9), " " + seen_);
}

TEST_P(VipBalancerTest, ServicesAskedInTurnDoNotDisturbEachOther) {
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

TEST_P(VipBalancerTest, ATaskReachesItselfAndSeesTheNode) {
  ASSERT_TRUE(table_->apply(network({"10.0.1.11"})));
  EXPECT_EQ(ask_tcp(near_->net, kService), "10.0.1.11 10.0.1.2");
}

TEST_P(VipBalancerTest, WithoutBridgeNetfilterTasksSeeTheNode) {
  if (GetParam().backend != Backend::Nftables) {
    GTEST_SKIP() << "the others do not let themselves be told that it is missing";
  }
  VipTable plain(*first_->overlay, "/no/such/folder");
  ASSERT_TRUE(plain.apply(network({"10.0.1.11", "10.0.1.12"})));
  shell(*first_->overlay, "sysctl -q net.bridge.bridge-nf-call-iptables=0");
  EXPECT_THAT(ask_often(client_->net, kService, 10),
              ElementsAre(Pair("10.0.1.11 10.0.1.2", 5), Pair("10.0.1.12 10.0.1.2", 5)));
  EXPECT_EQ(ask_tcp(near_->net, kService).substr(9), " 10.0.1.2");
}

TEST_P(VipBalancerTest, AChangeLeadsNewConnectionsElsewhere) {
  ASSERT_TRUE(table_->apply(network({"10.0.1.11"})));
  EXPECT_THAT(ask_often(client_->net, kService, 4), ElementsAre(Pair("10.0.1.11 " + seen_, 4)));
  ASSERT_TRUE(table_->apply(network({"10.0.1.12"})));
  EXPECT_THAT(ask_often(client_->net, kService, 4), ElementsAre(Pair("10.0.1.12 " + seen_, 4)));
  ASSERT_TRUE(table_->apply(network({"10.0.1.11", "10.0.1.12"})));
  EXPECT_THAT(ask_often(client_->net, kService, 4),
              ElementsAre(Pair("10.0.1.11 " + seen_, 2), Pair("10.0.1.12 " + seen_, 2)));
}

TEST_P(VipBalancerTest, AConnectionOutlivesItsTasksTurn) {
  ASSERT_TRUE(table_->apply(network({"10.0.1.11"})));
  OpenConnection const connection(client_->net, near_->net, {kVip, 7000});
  EXPECT_TRUE(connection.carries());
  ASSERT_TRUE(table_->apply(network({"10.0.1.12"})));
  EXPECT_TRUE(connection.carries());
  ASSERT_TRUE(table_->apply(network({})));
  EXPECT_TRUE(connection.carries());
  EXPECT_EQ(ask_tcp(client_->net, kService, kBriefly), "");
}

TEST_P(VipBalancerTest, TheVipAnswersPings) {
  ASSERT_TRUE(table_->apply(network({})));
  EXPECT_TRUE(answers_ping(client_->net, kVip));
  EXPECT_FALSE(answers_ping(client_->net, "10.0.1.6"));
}

TEST_P(VipBalancerTest, NobodyAnswersWithoutBackends) {
  ASSERT_TRUE(table_->apply(network({"10.0.1.11"})));
  ASSERT_TRUE(table_->apply(network({})));
  EXPECT_EQ(ask_tcp(client_->net, kService, kBriefly), "");
}

TEST_P(VipBalancerTest, AFlowOfUdpRecoversWhenItsTaskGoes) {
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

TEST_P(VipBalancerTest, WhatOthersFlushedComesBack) {
  ASSERT_TRUE(table_->apply(network({"10.0.1.11", "10.0.1.12"})));
  ASSERT_TRUE(table_->reassert());
  flush_rules(*first_->overlay, GetParam());
  EXPECT_EQ(ask_tcp(client_->net, kService, kBriefly), "");
  ASSERT_TRUE(table_->reassert());
  EXPECT_NE(ask_tcp(client_->net, kService), "");
  if (GetParam().backend == Backend::Nftables) {
    shell(*first_->overlay, "nft flush chain ip ward_vip balance");
  } else {
    auto const iptables = GetParam().iptables;
    shell(*first_->overlay,
          iptables + " -t nat -F POSTROUTING; " + iptables + " -t nat -F PREROUTING");
  }
  ASSERT_TRUE(table_->reassert());
  EXPECT_NE(ask_tcp(client_->net, kService), "");
}

TEST_P(VipBalancerTest, AChangeAfterAFlushWritesAllOfIt) {
  ASSERT_TRUE(table_->apply(network({"10.0.1.11"})));
  flush_rules(*first_->overlay, GetParam());
  ASSERT_TRUE(table_->apply(network({"10.0.1.11", "10.0.1.12"})));
  EXPECT_THAT(ask_often(client_->net, kService, 4),
              ElementsAre(Pair("10.0.1.11 " + seen_, 2), Pair("10.0.1.12 " + seen_, 2)));
}

TEST_P(VipBalancerTest, ANewProcessTakesOver) {
  ASSERT_TRUE(table_->apply(network({"10.0.1.11"})));
  auto const later = make_vip_balancer(GetParam(), *first_->overlay);
  ASSERT_TRUE(later->apply(network({"10.0.1.12"})));
  EXPECT_EQ(ask_tcp(client_->net, kService), "10.0.1.12 " + seen_);
}

TEST_P(VipBalancerTest, NothingIsLeftAfterwards) {
  ASSERT_TRUE(table_->apply(network({"10.0.1.11"})));
  EXPECT_NE(our_rules(*first_->overlay), "");
  ASSERT_TRUE(table_->remove());
  EXPECT_EQ(our_rules(*first_->overlay), "");
  EXPECT_TRUE(table_->remove());
}

INSTANTIATE_TEST_SUITE_P(, VipBalancerTest, ::testing::ValuesIn(all_backends()), backend_name);

}  // namespace
}  // namespace swarmward::mesh
