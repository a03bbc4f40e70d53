#include "mesh/apply/ingress.h"

#include <future>

#include <gmock/gmock.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include "mesh/apply/sandbox_routes.h"
#include "mesh/testing/backends.h"
#include "mesh/testing/mini_overlay.h"

namespace swarmward::mesh {
namespace {

using ::testing::AnyOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::Pair;
using ::testing::StartsWith;

constexpr std::uint16_t kPort = 8080;
Target const kFirstHost{"192.0.2.1", kPort};
Target const kSecondHost{"192.0.2.2", kPort};

/// Two hosts with a task each, and a client outside; every host answers on port 8080.
class IngressTest : public MiniOverlayTest, public ::testing::WithParamInterface<ChosenBackend> {
 protected:
  void SetUp() override {
    MiniOverlayTest::SetUp();
    if (IsSkipped()) {
      return;
    }
    if (auto const reason = why_not(GetParam()); !reason.empty()) {
      GTEST_SKIP() << reason;
    }
    first_ = &add_host("10.0.0.2");
    second_ = &add_host("10.0.0.3");
    outside_ = &add_outsider();
    near_ = &add_task(*first_, "10.0.0.11");
    far_ = &add_task(*second_, "10.0.0.12");
    connect();
    for (auto const* task : {near_, far_}) {
      SandboxRoute const route{.sandbox = folder() / ("task-" + task->address),
                               .address = parse_address(task->address).value(),
                               .subnet = parse_subnet("10.0.0.0/24").value(),
                               .node = parse_address(task->host->node).value()};
      set_sandbox_route(route).value();
    }
    ingress_ = make_ingress(first_->net);
    other_ = make_ingress(second_->net);
  }

  static std::unique_ptr<Ingress> make_ingress(NetNamespace const& host,
                                               Subnet link = Ingress::kDefaultLink) {
    return std::make_unique<Ingress>(Ingress::make(host, link, GetParam()).value());
  }

  static std::vector<model::PlannedPort> serving(std::vector<std::string> const& backends) {
    return {{kPort, 80, model::Protocol::Tcp, backends},
            {kPort, 80, model::Protocol::Udp, backends}};
  }

  /// The clients' addresses shall be kept.
  void publish_kept() {
    auto ports = serving({"10.0.0.11", "10.0.0.12"});
    for (auto& port : ports) {
      port.mode = model::IngressMode::Preserve;
    }
    publish(ports);
  }

  /// On both hosts.
  void publish(std::vector<model::PlannedPort> const& ports) {
    for (auto const& [ingress, host] :
         {std::pair{ingress_.get(), first_}, {other_.get(), second_}}) {
      ingress->ensure(*host->overlay, plan(*host)).value();
      ingress->apply(ports).value();
    }
  }

  void serve(std::vector<std::string> const& backends) { publish(serving(backends)); }

  void publish() { serve({"10.0.0.11", "10.0.0.12"}); }

  Host* first_ = nullptr;
  Host* second_ = nullptr;
  Task* near_ = nullptr;
  Task* far_ = nullptr;
  NetNamespace* outside_ = nullptr;
  std::unique_ptr<Ingress> ingress_;
  std::unique_ptr<Ingress> other_;
};

TEST_P(IngressTest, EveryHostAnswersAndTakesTurns) {
  publish();
  EXPECT_THAT(ask_often(*outside_, kFirstHost, 20),
              ElementsAre(Pair("10.0.0.11 10.0.0.2", 10), Pair("10.0.0.12 10.0.0.2", 10)));
  EXPECT_THAT(ask_often(*outside_, kSecondHost, 20),
              ElementsAre(Pair("10.0.0.11 10.0.0.3", 10), Pair("10.0.0.12 10.0.0.3", 10)));
  EXPECT_THAT(UdpAsker(*outside_).ask(kFirstHost), HasSubstr(" 10.0.0.2"));
}

bool kernel_has_sctp() {
  int const fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, IPPROTO_SCTP);
  close(fd);
  return fd >= 0;
}

TEST_P(IngressTest, SctpIsSharedLikeTheOthers) {
  if (!kernel_has_sctp()) {
    GTEST_SKIP() << "this kernel has no SCTP";
  }
  publish({{kPort, 80, model::Protocol::Sctp, {"10.0.0.11", "10.0.0.12"}}});
  for (auto const& host : {kFirstHost, kSecondHost}) {
    std::map<std::string, int> counts;
    for (int i = 0; i < 6; ++i) {
      ++counts[ask_sctp(*outside_, host)];
    }
    EXPECT_THAT(counts,
                ElementsAre(Pair(StartsWith("10.0.0.11 "), 3), Pair(StartsWith("10.0.0.12 "), 3)))
        << host.address;
  }
  EXPECT_EQ(ask_tcp(*outside_, kFirstHost), "") << "only SCTP was asked for";
}

TEST_P(IngressTest, TasksSeeTheClientWhereItIsKept) {
  publish_kept();
  for (auto const& host : {kFirstHost, kSecondHost}) {
    EXPECT_THAT(ask_often(*outside_, host, 20),
                ElementsAre(Pair("10.0.0.11 192.0.2.3", 10), Pair("10.0.0.12 192.0.2.3", 10)));
    EXPECT_THAT(UdpAsker(*outside_).ask(host), HasSubstr(" 192.0.2.3"));
  }
  EXPECT_NE(ask_tcp(first_->net, {"127.0.0.1", kPort}), "");
  EXPECT_NE(ask_tcp(second_->net, kFirstHost), "");
  publish();
  EXPECT_THAT(ask_often(*outside_, kFirstHost, 4),
              ElementsAre(Pair("10.0.0.11 10.0.0.2", 2), Pair("10.0.0.12 10.0.0.2", 2)));
  EXPECT_EQ(shell(*first_->overlay, "ip rule | grep -c '^9[12]:'"), "FAILED 0\n");
}

/// Each node hands on its own connection from this port; the task's node keeps them apart.
TEST_P(IngressTest, OnePortOfAClientMayComeByTwoNodes) {
  if (GetParam().backend == Backend::Ipvs) {
    GTEST_SKIP() << "IPVS cannot tell them apart, as docs/networks.md says";
  }
  publish_kept();
  publish_kept();
  for (std::uint16_t port = 40000; port < 40020; ++port) {
    EXPECT_THAT(ask_tcp(*outside_, kFirstHost, kPatiently, port), HasSubstr(" 192.0.2.3")) << port;
    EXPECT_THAT(ask_tcp(*outside_, kSecondHost, kPatiently, port), HasSubstr(" 192.0.2.3")) << port;
  }
}

TEST_P(IngressTest, APortMayBeAnsweredAtOneAddressOnly) {
  shell(first_->net, "ip addr add 192.0.2.77/24 dev eth0");
  auto ports = serving({"10.0.0.11"});
  ports[0].at = {"192.0.2.77"};
  publish(ports);
  EXPECT_NE(ask_tcp(*outside_, {"192.0.2.77", kPort}), "");
  EXPECT_NE(ask_tcp(first_->net, {"192.0.2.77", kPort}), "");
  EXPECT_EQ(ask_tcp(*outside_, kFirstHost, kBriefly), "");
  EXPECT_EQ(ask_tcp(first_->net, {"127.0.0.1", kPort}, kBriefly), "");
  ports[0].at = {"eth0"};
  publish(ports);
  EXPECT_NE(ask_tcp(*outside_, {"192.0.2.77", kPort}), "");
  EXPECT_NE(ask_tcp(*outside_, kFirstHost), "");
  EXPECT_EQ(ask_tcp(first_->net, {"127.0.0.1", kPort}), "");
  shell(first_->net, "ip addr del 192.0.2.77/24 dev eth0; ip addr add 192.0.2.78/24 dev eth0");
  ASSERT_TRUE(ingress_->reassert());
  EXPECT_NE(ask_tcp(*outside_, {"192.0.2.78", kPort}), "");
}

TEST_P(IngressTest, TheHostReachesItselfByAllItsAddresses) {
  publish();
  for (std::string const address : {"127.0.0.1", "192.0.2.1", "::1"}) {
    EXPECT_THAT(ask_often(first_->net, {address, kPort}, 4),
                ElementsAre(Pair("10.0.0.11 10.0.0.2", 2), Pair("10.0.0.12 10.0.0.2", 2)))
        << address;
  }
  EXPECT_THAT(UdpAsker(first_->net).ask({"127.0.0.1", kPort}), HasSubstr(" 10.0.0.2"));
}

TEST_P(IngressTest, FiltersThatDropLetPublishedPortsPass) {
  for (std::string const stack : {"iptables-nft", "iptables-legacy"}) {
    shell(first_->net, stack + " -P FORWARD DROP; " + stack + " -A FORWARD -p udp -j ACCEPT");
    publish();
    ASSERT_TRUE(ingress_->reassert());
    EXPECT_NE(ask_tcp(*outside_, kFirstHost), "") << stack;
    shell(first_->net, stack + " -D FORWARD -j WARD-INGRESS");
    EXPECT_EQ(ask_tcp(*outside_, kFirstHost, kBriefly), "") << stack;
    ASSERT_TRUE(ingress_->reassert());
    EXPECT_NE(ask_tcp(*outside_, kFirstHost), "") << stack;
    ASSERT_TRUE(ingress_->reassert());
    EXPECT_EQ(shell(first_->net, stack + " -S FORWARD 2>/dev/null | grep -c WARD-INGRESS"), "1\n");
  }
}

TEST_P(IngressTest, TheAdministratorsChainIsAskedFirst) {
  shell(first_->net,
        "iptables-nft -P FORWARD DROP; iptables-nft -N DOCKER-USER; "
        "iptables-nft -A FORWARD -j DOCKER-USER; "
        "iptables-nft -A DOCKER-USER -s 192.0.2.3 -p tcp --dport 8080 -j DROP");
  publish();
  EXPECT_EQ(ask_tcp(*outside_, kFirstHost, kBriefly), "");
  EXPECT_NE(ask_tcp(second_->net, kFirstHost), "");
  EXPECT_NE(ask_tcp(*outside_, kSecondHost), "");
}

TEST_P(IngressTest, ARemovedTaskGetsNoRequestAndNoneFails) {
  if (GetParam().backend == Backend::Ipvs) {
    GTEST_SKIP() << "some fail by IPVS, as docs/networks.md says";
  }
  publish();
  std::atomic<bool> stop{false};
  auto const load = [&](Target const& target) {
    std::map<std::string, int> answers;
    while (!stop) {
      ++answers[ask_tcp(*outside_, target).substr(0, 9)];
    }
    return answers;
  };
  std::vector<std::future<std::map<std::string, int>>> before;
  for (auto const& target : {kFirstHost, kSecondHost, kFirstHost, kSecondHost}) {
    before.push_back(std::async(std::launch::async, load, target));
  }
  for (int round = 0; round < 10; ++round) {
    serve({"10.0.0.11"});
    publish();
  }
  serve({"10.0.0.11"});
  stop = true;
  int requests = 0;
  for (auto& one : before) {
    for (auto const& [answer, times] : one.get()) {
      EXPECT_THAT(answer, AnyOf("10.0.0.11", "10.0.0.12"));
      requests += times;
    }
  }
  EXPECT_GT(requests, 100);
  far_->server.reset();
  EXPECT_THAT(ask_often(*outside_, kFirstHost, 50), ElementsAre(Pair("10.0.0.11 10.0.0.2", 50)));
}

TEST_P(IngressTest, AFlowOfUdpRecoversWhenItsTaskGoes) {
  UdpAsker const asker(*outside_);
  EXPECT_EQ(asker.ask(kFirstHost), "");  // Before it is published.
  serve({"10.0.0.11"});
  static_cast<void>(asker.ask(kFirstHost));  // Takes the error that the first datagram met.
  EXPECT_THAT(asker.ask(kFirstHost), StartsWith("10.0.0.11"));
  serve({"10.0.0.12"});
  EXPECT_THAT(asker.ask(kFirstHost), StartsWith("10.0.0.12"));
  serve({});
  EXPECT_EQ(asker.ask(kFirstHost), "");
  serve({"10.0.0.11"});
  static_cast<void>(asker.ask(kFirstHost));
  EXPECT_THAT(asker.ask(kFirstHost), StartsWith("10.0.0.11"));
}

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

TEST_P(IngressTest, TasksReachNobodyByTheIngressNetwork) {
  auto& neighbour = add_task(*first_, "10.0.0.13");
  connect();
  EXPECT_NE(ask_tcp(neighbour.net, {"10.0.0.11", 80}), "");
  EXPECT_NE(ask_tcp(neighbour.net, {"10.0.0.12", 80}), "");
  serve({"10.0.0.11", "10.0.0.12", "10.0.0.13"});
  for (auto const& target : {"10.0.0.11", "10.0.0.12"}) {
    EXPECT_EQ(ask_tcp(neighbour.net, {target, 80}, kBriefly), "") << target;
    EXPECT_EQ(UdpAsker(neighbour.net).ask({target, 80}), "") << target;
    EXPECT_FALSE(answers_ping(neighbour.net, target)) << target;
  }
  EXPECT_NE(ask_tcp(*outside_, kSecondHost), "");
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

TEST_P(IngressTest, AClientOfTheSameSubnetAsTheIngressNetworkIsAnswered) {
  shell(first_->net, "ip addr add 10.0.0.50/24 dev eth0");
  shell(*outside_, "ip addr add 10.0.0.60/24 dev eth0");
  publish();
  EXPECT_NE(ask_tcp(*outside_, {"10.0.0.50", kPort}), "");
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

INSTANTIATE_TEST_SUITE_P(, IngressTest, ::testing::ValuesIn(all_backends()), backend_name);

}  // namespace
}  // namespace swarmward::mesh
