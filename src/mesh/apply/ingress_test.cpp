#include "mesh/apply/ingress.h"

#include <future>

#include <gmock/gmock.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include "mesh/testing/ingress_fixture.h"

namespace swarmward::mesh {
namespace {

using ::testing::AnyOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Pair;
using ::testing::StartsWith;

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

TEST_P(IngressTest, AClientOfTheSameSubnetAsTheIngressNetworkIsAnswered) {
  shell(first_->net, "ip addr add 10.0.0.50/24 dev eth0");
  shell(*outside_, "ip addr add 10.0.0.60/24 dev eth0");
  publish();
  EXPECT_NE(ask_tcp(*outside_, {"10.0.0.50", kPort}), "");
}

INSTANTIATE_TEST_SUITE_P(, IngressTest, ::testing::ValuesIn(all_backends()), backend_name);

}  // namespace
}  // namespace swarmward::mesh
