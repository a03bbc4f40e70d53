// What others do to published ports, and what stays of them. The backends to be tried are named in
// ingress_test.cpp.
#include <gmock/gmock.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include "mesh/testing/ingress_fixture.h"

namespace swarmward::mesh {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

TEST_P(IngressTest, ElementsThatOthersTookComeBack) {
  if (GetParam().backend != Backend::Nftables) {
    GTEST_SKIP() << "only nftables has elements";
  }
  publish();
  shell(*first_->overlay, "nft flush map ip ward_ingress backends");
  EXPECT_EQ(ask_tcp(*outside_, kFirstHost, kBriefly), "");
  ASSERT_TRUE(ingress_->reassert());
  EXPECT_NE(ask_tcp(*outside_, kFirstHost), "");
  shell(first_->net, "nft flush set ip ward_published published");
  ASSERT_TRUE(ingress_->reassert());
  EXPECT_NE(ask_tcp(*outside_, kFirstHost), "");
}

TEST_P(IngressTest, ElementsTakenRightAfterAChangeOrBeforeItComeBack) {
  if (GetParam().backend != Backend::Nftables) {
    GTEST_SKIP() << "only nftables has elements";
  }
  publish();
  serve({"10.0.0.11"});
  shell(*first_->overlay, "nft flush map ip ward_ingress backends");
  ASSERT_TRUE(ingress_->reassert());
  EXPECT_NE(ask_tcp(*outside_, kFirstHost), "");
  shell(*first_->overlay, "nft flush map ip ward_ingress backends");
  serve({"10.0.0.11", "10.0.0.12"});
  EXPECT_NE(ask_tcp(*outside_, kFirstHost), "");
}

TEST_P(IngressTest, WhatOthersFlushedComesBack) {
  shell(first_->net, "iptables-nft -P FORWARD DROP");
  publish();
  flush_rules(first_->net, GetParam());
  shell(first_->net, "iptables-nft -P FORWARD DROP");
  flush_rules(*first_->overlay, GetParam());
  EXPECT_EQ(ask_tcp(*outside_, kFirstHost, kBriefly), "");
  ASSERT_TRUE(ingress_->reassert());
  EXPECT_NE(ask_tcp(*outside_, kFirstHost), "");
  shell(first_->net, "ip link del ward0");
  ASSERT_TRUE(ingress_->reassert());
  // A new link drops the first packets until its other end is up.
  std::string answer;
  for (int attempt = 0; attempt < 10 && answer.empty(); ++attempt) {
    answer = ask_tcp(*outside_, kFirstHost, kBriefly);
  }
  EXPECT_NE(answer, "");
}

TEST_P(IngressTest, PublishedPortsAreTakenUntilTheyAreNot) {
  publish();
  // A program that cannot bind its port answers nobody.
  NameServer const late(first_->net, "late", kPort);
  EXPECT_THAT(ask_tcp(first_->net, {"127.0.0.1", kPort}), Not(HasSubstr("late")));
  ASSERT_TRUE(ingress_->apply({}));
  EXPECT_EQ(ask_tcp(*outside_, kFirstHost, kBriefly), "");
  NameServer const next(first_->net, "next", kPort);
  EXPECT_THAT(ask_tcp(*outside_, kFirstHost), StartsWith("next 192.0.2.3"));
  EXPECT_THAT(UdpAsker(*outside_).ask(kFirstHost), StartsWith("next 192.0.2.3"));
}

TEST_P(IngressTest, APortThatAnotherProgramHasIsPublishedAllTheSame) {
  auto program = std::make_unique<NameServer>(first_->net, "program", kPort);
  publish();
  EXPECT_THAT(ask_tcp(*outside_, kFirstHost), StartsWith("10.0.0.1"));
  program.reset();
  ASSERT_TRUE(ingress_->reassert());
  EXPECT_THAT(ask_tcp(first_->net, {"::1", kPort}), StartsWith("10.0.0.1"));
}

TEST_P(IngressTest, AnotherLinkMayBeChosenAndTheNamespaceMayComeAnew) {
  auto const link = parse_subnet("198.51.100.4/30").value();
  ingress_ = make_ingress(first_->net, link);
  publish();
  EXPECT_THAT(shell(first_->net, "ip -4 addr show dev ward0"), HasSubstr("198.51.100.5/30"));
  EXPECT_NE(ask_tcp(*outside_, kFirstHost), "");
  EXPECT_FALSE(Ingress::make(first_->net, parse_subnet("198.51.100.0/24").value()));
}

TEST_P(IngressTest, NothingIsLeftAfterwards) {
  shell(first_->net, "iptables-nft -P FORWARD DROP; iptables-legacy -P FORWARD DROP");
  auto const look = [&] {
    std::string all;
    for (auto const* net : {&first_->net, first_->overlay.get()}) {
      all += shell(*net,
                   // Without the addresses that the kernel gives itself at its own time.
                   "{ iptables-nft -S; iptables-legacy -S; } 2>/dev/null; ip -br link; ip rule; "
                   "ip -4 route show table all");
      all += our_rules(*net);
    }
    return all;
  };
  auto const before = look();
  publish();
  EXPECT_NE(look(), before);
  ASSERT_TRUE(ingress_->remove());
  EXPECT_EQ(look(), before);
  EXPECT_TRUE(ingress_->remove());
}

}  // namespace
}  // namespace swarmward::mesh
