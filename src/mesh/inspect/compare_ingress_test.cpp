#include <gmock/gmock.h>

#include "mesh/inspect/compare.h"
#include "mesh/inspect/table_look.h"
#include "mesh/inspect/testing/kinds.h"
#include "mesh/render/ingress_rules.h"

namespace swarmward::mesh {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

TEST(CompareAgent, PlansAndPasses) {
  auto const judge = [](ObservedAgent const& agent) {
    Findings findings;
    compare_agent("a1", agent, findings);
    return kinds(findings);
  };
  EXPECT_THAT(judge({.mark = "a1", .age_seconds = 5, .error = "", .pass_seconds = 4}), IsEmpty());
  EXPECT_THAT(judge({.mark = "", .age_seconds = -1, .error = "", .pass_seconds = 0}),
              ElementsAre("plan.none"));
  EXPECT_THAT(judge({.mark = "b2", .age_seconds = 5, .error = "full", .pass_seconds = 60}),
              ElementsAre("plan.lags", "agent.error", "agent.stuck"));
}

/// A published port, and a host that fits.
class CompareIngressTest : public ::testing::Test {
 protected:
  CompareIngressTest() {
    network_.name = "ingress";
    network_.node_address = "10.0.0.2";
    plan_.ports = {{8080, 80, model::Protocol::Tcp, {"10.0.0.11"}}};
    seen_.host_links = {
        {.index = 5, .name = kHostDevice, .kind = "veth", .mac = {}, .mtu = 1450, .up = true}};
    seen_.inner_links = {
        {.index = 6, .name = kIngressDevice, .kind = "veth", .mac = {}, .mtu = 1450, .up = true}};
    seen_.host_addresses = {{.address = link_.host_side, .length = 30}};
    seen_.inner_addresses = {{.address = link_.ingress_side, .length = 30}};
    for (auto const& [name, value] : host_link_settings()) {
      seen_.host_settings[name] = value;
    }
    for (auto const& [name, value] : ingress_settings()) {
      seen_.inner_settings[name] = value;
    }
    ports_ = plan_published(plan_.ports, [](std::string const&) { return std::vector<Address>(); });
    seen_.published = {published_table_part({link_.host_side, link_.ingress_side, ports_})};
    seen_.shared = port_table_parts({network_, plan_.ports, link_.ingress_side});
    for (auto* parts : {&seen_.published, &seen_.shared}) {
      for (auto& part : *parts) {
        part.has = part.must;
      }
    }
    seen_.holders[{model::Protocol::Tcp, 8080}] = {.ours = true, .program = ""};
  }

  std::vector<std::string> compare() {
    Findings findings;
    compare_ingress(plan_, network_, link_, ports_, seen_, findings);
    found_ = findings.found();
    return kinds(findings);
  }

  IngressLink link_{.host_side = ip("169.254.250.1"), .ingress_side = ip("169.254.250.2")};
  model::NetworkPlan plan_;
  model::PlannedNetwork network_;
  std::set<Published> ports_;
  ObservedIngress seen_;
  std::vector<model::NetworkFinding> found_;
};

TEST_F(CompareIngressTest, AllAsPlanned) {
  EXPECT_THAT(compare(), IsEmpty());
}

TEST_F(CompareIngressTest, Link) {
  seen_.host_links[0].up = false;
  seen_.inner_links.clear();
  seen_.host_addresses.clear();
  EXPECT_THAT(compare(), ElementsAre("link.down", "link.address", "link.missing"));
}

TEST_F(CompareIngressTest, APortThatIsNotPublished) {
  seen_.published[0].has->sets["published"].clear();
  EXPECT_THAT(compare(), ElementsAre("element.missing"));
  EXPECT_THAT(found_[0].what, HasSubstr("published lacks port 8080/tcp"));
}

TEST_F(CompareIngressTest, FlushedTables) {
  for (auto* parts : {&seen_.published, &seen_.shared}) {
    for (auto& part : *parts) {
      part.has = not_found("gone");
    }
  }
  EXPECT_THAT(compare(), SizeIs(3));
}

TEST_F(CompareIngressTest, AFirewallThatDrops) {
  seen_.drops = std::vector<std::string>{"iptables-nft"};
  EXPECT_THAT(compare(), ElementsAre("forward.drops"));
  seen_.drops = unavailable("iptables-nft -w 5 -S: locked");
  EXPECT_THAT(compare(), ElementsAre("forward.unreadable"));
}

TEST_F(CompareIngressTest, Reservations) {
  seen_.holders.begin()->second = {.ours = false, .program = "nginx (pid 12)"};
  EXPECT_THAT(compare(), ElementsAre("port.taken"));
  EXPECT_THAT(found_[0].what, HasSubstr("port 8080/tcp is taken by nginx (pid 12)"));
  seen_.holders.clear();
  EXPECT_THAT(compare(), ElementsAre("port.unreserved"));
}

TEST_F(CompareIngressTest, NobodyReservesWhereTheHostHasNoSuchAddress) {
  ports_ = {{.protocol = model::Protocol::Tcp, .port = 8080, .at = ip("192.0.2.7")}};
  seen_.published = {published_table_part({link_.host_side, link_.ingress_side, ports_})};
  seen_.published[0].has = seen_.published[0].must;
  seen_.holders.clear();
  EXPECT_THAT(compare(), ElementsAre("port.unreserved"));
  seen_.absent = {ip("192.0.2.7")};
  EXPECT_THAT(compare(), IsEmpty());
}

TEST(Findings, LongListsAreCut) {
  EXPECT_EQ(listed({}), "");
  EXPECT_EQ(listed({"a"}), "a");
  EXPECT_EQ(listed({"a", "b", "c"}), "a, b and c");
  EXPECT_EQ(listed({"1", "2", "3", "4", "5", "6", "7", "8"}), "1, 2, 3, 4, 5 and 3 others");
}

}  // namespace
}  // namespace swarmward::mesh
