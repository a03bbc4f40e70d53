#include "mesh/apply/balancing_parts.h"

#include <gmock/gmock.h>

#include "mesh/testing/mini_overlay.h"

namespace swarmward::mesh {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

/// One host with a task in an overlay, which is the ingress network as well.
class BalancingPartsTest : public MiniOverlayTest {
 protected:
  void SetUp() override {
    MiniOverlayTest::SetUp();
    if (IsSkipped()) {
      return;
    }
    host_ = &add_host("10.0.0.2");
    client_ = &add_task(*host_, "10.0.0.10");
    add_task(*host_, "10.0.0.11");
    connect({"10.0.0.5"});
    auto network = plan(*host_);
    network.id = "net";
    network.vips = {{"10.0.0.5", {"10.0.0.11"}}};
    plan_.networks = {network};
    parts_.emplace(BalancingParts::make(host_->net).value());
  }

  /// One pass, as the agent makes it.
  void pass() {
    parts_->put(*host_->overlay, plan_.networks[0]).value();
    parts_->finish(plan_.ingress.empty() ? nullptr : host_->overlay.get(), plan_).value();
  }

  Host* host_ = nullptr;
  Task* client_ = nullptr;
  model::NetworkPlan plan_;
  std::optional<BalancingParts> parts_;
};

TEST_F(BalancingPartsTest, EqualPassesHealWhatWasLost) {
  pass();
  shell(*host_->overlay, "nft flush ruleset");
  EXPECT_EQ(ask_tcp(client_->net, {"10.0.0.5", 80}, kBriefly), "");
  pass();
  EXPECT_EQ(ask_tcp(client_->net, {"10.0.0.5", 80}), "10.0.0.11 10.0.0.10");
}

TEST_F(BalancingPartsTest, PortsComeAndGoWithTheIngressNetwork) {
  plan_.ingress = "net";
  plan_.ports = {{8080, 80, model::Protocol::Tcp, {"10.0.0.11"}}};
  pass();
  EXPECT_EQ(ask_tcp(host_->net, {"127.0.0.1", 8080}), "10.0.0.11 10.0.0.2");
  shell(host_->net, "nft flush ruleset");
  pass();
  EXPECT_EQ(ask_tcp(host_->net, {"127.0.0.1", 8080}), "10.0.0.11 10.0.0.2");
  parts_->take(*host_->overlay, plan_.networks[0]);
  EXPECT_EQ(ask_tcp(host_->net, {"127.0.0.1", 8080}, kBriefly), "");
  EXPECT_THAT(shell(host_->net, "ip -br link; nft list ruleset"), Not(HasSubstr("ward")));
}

TEST_F(BalancingPartsTest, WhatAnEarlierProcessLeftGoesWithoutAnIngressNetwork) {
  plan_.ingress = "net";
  plan_.ports = {{8080, 80, model::Protocol::Tcp, {"10.0.0.11"}}};
  pass();
  parts_.emplace(BalancingParts::make(host_->net).value());
  EXPECT_THAT(shell(host_->net, "ip -br link; nft list ruleset"), HasSubstr("ward"));
  plan_.ingress.clear();
  pass();
  EXPECT_THAT(shell(host_->net, "ip -br link; nft list ruleset"), Not(HasSubstr("ward")));
}

}  // namespace
}  // namespace swarmward::mesh
