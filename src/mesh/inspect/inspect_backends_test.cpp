#include <gmock/gmock.h>

#include "mesh/apply/ipvs.h"
#include "mesh/inspect/testing/inspect_fixture.h"
#include "mesh/testing/backends.h"

namespace swarmward::mesh {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

/// What the agent makes, by each backend.
class InspectBackendsTest : public InspectTest,
                            public ::testing::WithParamInterface<ChosenBackend> {
 protected:
  InspectBackendsTest() : InspectTest(GetParam()) {}

  void SetUp() override {
    if (auto const reason = why_not(GetParam()); !reason.empty()) {
      GTEST_SKIP() << reason;
    }
    InspectTest::SetUp();
  }

  [[nodiscard]] bool is(Backend backend) const { return GetParam().backend == backend; }

  /// By the flavour of the backend, in a network's namespace.
  void iptables(char const* network, std::string const& rest) {
    auto const said = in(network, GetParam().iptables + " " + rest + " 2>&1");
    EXPECT_EQ(said, "") << rest;
  }

  void put_services(char const* network, ServiceKind kind, auto const& change) {
    auto const home = NetNamespace::open(places_.namespaces / device_name("ov-", network)).value();
    auto ipvs = Ipvs::open(home).value();
    auto services = ipvs.list(kind).value();
    change(services);
    ipvs.put(kind, services).value();
  }

  std::string first_finding() {
    auto const report = look();
    return report.findings.empty() ? std::string() : report.findings[0].what;
  }

  void expect_healed() {
    ASSERT_TRUE(networks_->reconcile());
    EXPECT_THAT(kinds(), IsEmpty());
  }
};

TEST_P(InspectBackendsTest, WhatTheAgentMadeIsAsPlanned) {
  EXPECT_THAT(kinds(), IsEmpty());
  EXPECT_GT(look().looked_at, 50);
}

TEST_P(InspectBackendsTest, ClientsThatAreKeptAndAddressesThatAreBound) {
  plan_.networks[0].change([](model::PlannedNetwork& network) { network.local = {"10.0.0.11"}; });
  for (auto const mode : {model::IngressMode::Preserve, model::IngressMode::Local}) {
    plan_.ports = {{8080, 80, model::Protocol::Tcp, {"10.0.0.11", "10.0.0.12"}},
                   {53, 53, model::Protocol::Udp, {"10.0.0.11"}},
                   {99, 99, model::Protocol::Sctp, {}}};
    plan_.ports[0].mode = mode;
    plan_.ports[1].at = {"127.0.0.1", "192.0.2.7"};  // The host does not have the other one.
    ASSERT_TRUE(networks_->follow(plan_)) << networks_->follow(plan_).error().message;
    auto found = kinds();
    std::erase(found, "wire.broken:ingress");
    std::erase(found, "member.missing:ingress");  // The engine has no such container.
    EXPECT_THAT(found, IsEmpty());
  }
}

TEST_P(InspectBackendsTest, LookingChangesNothing) {
  auto const state = [this] {
    auto text = our_rules(*host_);
    for (char const* network : {"n1", "ing"}) {
      text += in(network,
                 "iptables-nft-save 2>/dev/null | grep -v '^#'; nft -s list ruleset; cat "
                 "/proc/net/ip_tables_names 2>/dev/null");
    }
    return text;
  };
  auto const before = state();
  look("tcp . 8080", "ing");
  EXPECT_EQ(state(), before);
}

TEST_P(InspectBackendsTest, FlushedRules) {
  auto const home = NetNamespace::open(places_.namespaces / device_name("ov-", "n1")).value();
  flush_rules(home, GetParam());
  auto const found = kinds();
  ASSERT_FALSE(found.empty());
  for (auto const& kind : found) {
    EXPECT_TRUE(kind == "table.missing:back" || kind == "table.chains:back" ||
                kind == "element.missing:back" || kind == "backend.missing:back")
        << kind;
  }
  EXPECT_THAT(look("10.0.1.5", "n1").path->targets, IsEmpty());
  expect_healed();
}

TEST_P(InspectBackendsTest, OneBackendOfAPublishedPortIsMissing) {
  if (is(Backend::Nftables)) {
    in("ing", "nft flush map ip ward_ingress backends");
  } else if (is(Backend::Iptables)) {
    iptables("ing", "-t nat -F WARD-PORT-tcp-8080");
  } else {
    put_services("ing", ServiceKind::Ports, [](VirtualServices& services) {
      services.begin()->second.clear();
    });
  }
  EXPECT_THAT(kinds(), ElementsAre("backend.missing:ingress"));
  EXPECT_THAT(first_finding(), HasSubstr("port 8080/tcp does not lead to 10.0.0.12 . 80"));
  EXPECT_THAT(look("tcp . 8080", "ing").path->targets, IsEmpty());
  expect_healed();
}

TEST_P(InspectBackendsTest, OneBackendOfAVirtualAddressIsMissing) {
  if (is(Backend::Nftables)) {
    in("n1", "nft flush map ip ward_vip backends");
    EXPECT_THAT(kinds(), ElementsAre("backend.missing:back"));
  } else if (is(Backend::Iptables)) {
    iptables("n1", "-t nat -D WARD-VIP-10.0.1.5 2");
    EXPECT_THAT(kinds(), ElementsAre("backend.missing:back"));
    EXPECT_THAT(look("10.0.1.5", "n1").path->targets, ElementsAre("10.0.1.11"));
  } else {
    put_services("n1", ServiceKind::Vips, [](VirtualServices& services) {
      for (auto& [service, servers] : services) {
        servers.erase(servers.begin());
      }
    });
    EXPECT_THAT(kinds(), ElementsAre("backend.missing:back", "backend.missing:back"));
    EXPECT_THAT(look("10.0.1.5", "n1").path->targets, ElementsAre("10.0.1.12"));
  }
  EXPECT_THAT(first_finding(), HasSubstr("10.0.1.5 does not lead to"));
  expect_healed();
}

TEST_P(InspectBackendsTest, AnotherWeight) {
  if (is(Backend::Nftables)) {
    GTEST_SKIP() << "maps of nftables have no weights";
  }
  if (is(Backend::Iptables)) {
    iptables("n1",
             "-t nat -R WARD-VIP-10.0.1.5 1 -m statistic --mode nth --every 7 --packet 0 -j DNAT "
             "--to-destination 10.0.1.11");
    EXPECT_THAT(kinds(), ElementsAre("backend.weight:back"));
    EXPECT_THAT(first_finding(), HasSubstr("--every 7"));
    EXPECT_THAT(look("10.0.1.5", "n1").path->targets, ElementsAre("10.0.1.11", "10.0.1.12"));
  } else {
    put_services("n1", ServiceKind::Vips, [](VirtualServices& services) {
      services.begin()->second.begin()->second = 0;
    });
    EXPECT_THAT(kinds(), ElementsAre("backend.weight:back"));
    EXPECT_THAT(first_finding(), HasSubstr("with weight 0 instead of 1"));
    EXPECT_THAT(look("10.0.1.5", "n1").path->targets, ElementsAre("10.0.1.12"));
  }
  expect_healed();
}

TEST_P(InspectBackendsTest, ServersThatKeepTheirConnectionsAreAsTheyMustBe) {
  plan_.networks[1].change(
      [](model::PlannedNetwork& network) { network.vips[0].backends = {"10.0.1.11"}; });
  ASSERT_TRUE(networks_->follow(plan_));
  auto found = kinds();
  std::erase(found, "name.wrong:back");
  EXPECT_THAT(found, IsEmpty());
  EXPECT_THAT(look("10.0.1.5", "n1").path->targets, ElementsAre("10.0.1.11"));
}

TEST_P(InspectBackendsTest, APortThatTheHostDoesNotHandOver) {
  if (is(Backend::Nftables)) {
    shell(*host_, "nft flush set ip ward_published published");
  } else {
    shell(*host_, GetParam().iptables + " -t nat -F WARD-PUB-ALL");
  }
  EXPECT_THAT(kinds(), ElementsAre("element.missing:ingress"));
  EXPECT_THAT(first_finding(), HasSubstr("published lacks port 8080/tcp"));
  EXPECT_FALSE(look("tcp . 8080", "ing").path->open);
  expect_healed();
}

TEST_P(InspectBackendsTest, ARuleThatLeadsIntoOurChainsIsGone) {
  if (is(Backend::Nftables)) {
    GTEST_SKIP() << "its chains are the kernel's own";
  }
  if (is(Backend::Ipvs)) {
    iptables("n1", "-t mangle -D INPUT -p tcp -j WARD-VIP-ALL");
  } else {
    iptables("n1", "-t nat -D PREROUTING -p tcp -j WARD-VIP-ALL");
  }
  EXPECT_THAT(kinds(), ElementsAre("table.chains:back"));
  EXPECT_THAT(first_finding(), HasSubstr("lacks the rule '-p tcp -j WARD-VIP-ALL'"));
  EXPECT_THAT(look("10.0.1.5", "n1").path->targets, IsEmpty());
  expect_healed();
}

TEST_P(InspectBackendsTest, PathsComeFromTheKernel) {
  auto const port = look("tcp . 8080", "ing").path;
  ASSERT_TRUE(port);
  EXPECT_TRUE(port->open);
  EXPECT_EQ(port->backend, to_text(GetParam().backend));
  EXPECT_THAT(port->targets, ElementsAre("10.0.0.12 . 80"));
  auto const vip = look("10.0.1.5", "n1").path;
  ASSERT_TRUE(vip);
  EXPECT_TRUE(vip->open);
  EXPECT_THAT(vip->targets, UnorderedElementsAre("10.0.1.11", "10.0.1.12"));
  auto const none = look("tcp . 9090", "ing").path;
  ASSERT_TRUE(none);
  EXPECT_FALSE(none->open);
  EXPECT_THAT(none->targets, IsEmpty());
}

INSTANTIATE_TEST_SUITE_P(, InspectBackendsTest, ::testing::ValuesIn(all_backends()), backend_name);

}  // namespace
}  // namespace swarmward::mesh
