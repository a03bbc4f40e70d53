#include <cstdlib>

#include <gmock/gmock.h>

#include "mesh/apply/balancing_parts.h"
#include "mesh/apply/choose_backend.h"
#include "mesh/testing/backends.h"
#include "mesh/testing/mini_overlay.h"

namespace swarmward::mesh {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Pair;

/// One host with an overlay that has a VIP, and a published port that the same network serves.
class BackendSwitchTest : public MiniOverlayTest {
 protected:
  void SetUp() override {
    MiniOverlayTest::SetUp();
    if (IsSkipped()) {
      return;
    }
    host_ = &add_host("10.0.0.2");
    client_ = &add_task(*host_, "10.0.0.10");
    add_task(*host_, "10.0.0.11");
    add_task(*host_, "10.0.0.12");
  }

  /// One protocol after the other: they may share their turns.
  static std::map<std::string, int> count_answers(NetNamespace const& from, Target const& target) {
    std::map<std::string, int> counts;
    for (int i = 0; i < 6; ++i) {
      ++counts["tcp " + ask_tcp(from, target).substr(0, 9)];
    }
    for (int i = 0; i < 6; ++i) {
      ++counts["udp " + UdpAsker(from).ask(target).substr(0, 9)];
    }
    return counts;
  }

  /// The daemon starts with that backend, follows the plan, and answers are counted.
  std::map<std::string, int> vip_answers(ChosenBackend const& backend) {
    connect({"10.0.0.5"});
    auto network = plan(*host_);
    network.vips = {{"10.0.0.5", {"10.0.0.11", "10.0.0.12"}}};
    auto parts = BalancingParts::make(host_->net, Ingress::kDefaultLink, backend).value();
    parts.put(*host_->overlay, network).value();
    return count_answers(client_->net, {"10.0.0.5", 80});
  }

  std::map<std::string, int> port_answers(ChosenBackend const& backend) {
    model::NetworkPlan all;
    all.networks = {plan(*host_)};
    all.ingress = all.networks[0]->id;
    std::vector<std::string> const backends{"10.0.0.11", "10.0.0.12"};
    all.ports = {{8080, 80, model::Protocol::Tcp, backends},
                 {8080, 80, model::Protocol::Udp, backends}};
    auto parts = BalancingParts::make(host_->net, Ingress::kDefaultLink, backend).value();
    parts.put(*host_->overlay, all.networks[0]).value();
    parts.finish(host_->overlay.get(), all).value();
    return count_answers(host_->net, {"127.0.0.1", 8080});
  }

  /// From each to the next, and back to the first; those that the kernel lacks are left out.
  static std::vector<ChosenBackend> tour() {
    auto all = all_backends();
    std::erase_if(all, [](ChosenBackend const& backend) { return !why_not(backend).empty(); });
    all.push_back(all.front());
    return all;
  }

  /// What only that backend has is there, and nothing of the others.
  static void expect_only(ChosenBackend const& backend, NetNamespace const& net) {
    auto const rules = our_rules(net);
    bool const tables = rules.find("table ip ward") != std::string::npos;
    bool const services = rules.find("services of IPVS") != std::string::npos;
    bool const chains = rules.find("WARD-") != std::string::npos;
    EXPECT_EQ(tables, backend.backend == Backend::Nftables) << rules;
    EXPECT_EQ(services, backend.backend == Backend::Ipvs) << rules;
    EXPECT_EQ(chains, backend.backend != Backend::Nftables) << rules;
    EXPECT_EQ(shell(net, "iptables-legacy-save 2>/dev/null | grep -c WARD-; true") != "0\n",
              backend.iptables == "iptables-legacy");
  }

  Host* host_ = nullptr;
  Task* client_ = nullptr;
};

TEST_F(BackendSwitchTest, VipsAnswerAlikeByAllBackendsOneAfterAnother) {
  for (auto const& backend : tour()) {
    SCOPED_TRACE(::testing::PrintToString(backend));
    EXPECT_THAT(vip_answers(backend),
                ElementsAre(Pair("tcp 10.0.0.11", 3),
                            Pair("tcp 10.0.0.12", 3),
                            Pair("udp 10.0.0.11", 3),
                            Pair("udp 10.0.0.12", 3)));
    expect_only(backend, *host_->overlay);
  }
}

TEST_F(BackendSwitchTest, PublishedPortsAnswerAlikeByAllBackendsOneAfterAnother) {
  connect();
  for (auto const& backend : tour()) {
    SCOPED_TRACE(::testing::PrintToString(backend));
    EXPECT_THAT(port_answers(backend),
                ElementsAre(Pair("tcp 10.0.0.11", 3),
                            Pair("tcp 10.0.0.12", 3),
                            Pair("udp 10.0.0.11", 3),
                            Pair("udp 10.0.0.12", 3)));
    expect_only(backend, *host_->overlay);
  }
}

/// Who starts the test on a kernel without some parts says what must be chosen there.
TEST_F(BackendSwitchTest, TheFirstThatTheKernelHasIsChosenAndWorks) {
  char const* const said = std::getenv("SWARMWARD_EXPECTED_BACKEND");
  auto const chosen = choose_backend(std::nullopt);
  ASSERT_TRUE(chosen) << chosen.error().message;
  EXPECT_EQ(to_text(chosen->backend), said == nullptr ? "nftables" : said);
  EXPECT_EQ(our_rules(NetNamespace::current().value()), "") << "it was tried out elsewhere";
  auto const in_turns = ElementsAre(Pair("tcp 10.0.0.11", 3),
                                    Pair("tcp 10.0.0.12", 3),
                                    Pair("udp 10.0.0.11", 3),
                                    Pair("udp 10.0.0.12", 3));
  EXPECT_THAT(vip_answers(*chosen), in_turns);
  EXPECT_THAT(port_answers(*chosen), in_turns);
}

TEST_F(BackendSwitchTest, WhatIsAskedForIsChosenOrRefusedWithItsCure) {
  auto const iptables = choose_backend(Backend::Iptables);
  ASSERT_TRUE(iptables) << iptables.error().message;
  EXPECT_EQ(iptables->backend, Backend::Iptables);
  EXPECT_NE(iptables->iptables, "");
  auto const ipvs = choose_backend(Backend::Ipvs);
  if (why_not({.backend = Backend::Ipvs, .iptables = {}}).empty()) {
    ASSERT_TRUE(ipvs) << ipvs.error().message;
    EXPECT_EQ(ipvs->backend, Backend::Ipvs);
  } else {
    ASSERT_FALSE(ipvs);
    EXPECT_THAT(
        ipvs.error().message,
        AllOf(HasSubstr("the mesh backend ipvs does not work here"), HasSubstr("ip_vs_rr")));
  }
}

}  // namespace
}  // namespace swarmward::mesh
