#include <gmock/gmock.h>

#include "mesh/inspect/chain_contents.h"
#include "mesh/inspect/compare.h"
#include "mesh/inspect/find_path.h"
#include "mesh/inspect/service_contents.h"
#include "mesh/inspect/testing/kinds.h"

namespace swarmward::mesh {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr char const* kPortText =
    "*nat\n"
    ":WARD-PORT-ALL - [0:0]\n"
    ":WARD-PORT-tcp-8080 - [0:0]\n"
    "-A PREROUTING -i ward1 -j WARD-PORT-ALL\n"
    "-A WARD-PORT-ALL -p tcp -m tcp --dport 8080 -j WARD-PORT-tcp-8080\n"
    "-A WARD-PORT-tcp-8080 -p tcp -m statistic --mode nth --every 2 --packet 0 -j DNAT "
    "--to-destination 10.0.0.11:80\n"
    "-A WARD-PORT-tcp-8080 -p tcp -j DNAT --to-destination 10.0.0.12:80\n"
    "*mangle\n"
    ":WARD-PORT-ARRIVE - [0:0]\n"
    "-A PREROUTING -j WARD-PORT-ARRIVE\n"
    "-A WARD-PORT-ARRIVE -i ward1 -j CONNMARK --set-xmark 0x1/0xffffffff\n";

/// A port by iptables, spoilt as texts.
class CompareChainsTest : public ::testing::Test {
 protected:
  CompareChainsTest() {
    part_.where = "chains WARD-PORT-… of iptables-nft";
    part_.verb = "are";
    part_.purpose = kPortPurpose;
    part_.must = chain_contents(kPortText);
  }

  /// With the first of these texts replaced.
  std::vector<std::string> compare(std::string const& text, std::string const& by) {
    std::string there = kPortText;
    auto const at = there.find(text);
    EXPECT_NE(at, std::string::npos);
    part_.has = chain_contents(there.replace(at, text.size(), by));
    return judge();
  }

  std::vector<std::string> judge() {
    Findings findings;
    compare_shared(part_, {{"tcp . 8080", "port 8080/tcp"}}, findings);
    auto const all = kinds(findings);
    what_ = all.empty() ? std::string() : findings.found()[0].what;
    return all;
  }

  SharedPart part_;
  std::string what_;
};

TEST_F(CompareChainsTest, AllAsPlanned) {
  EXPECT_THAT(compare("", ""), IsEmpty());
  EXPECT_THAT(find_targets({part_}, "tcp . 8080"), ElementsAre("10.0.0.11 . 80", "10.0.0.12 . 80"));
}

TEST_F(CompareChainsTest, ARuleOfABackendThatIsGone) {
  EXPECT_THAT(compare("-A WARD-PORT-tcp-8080 -p tcp -j DNAT --to-destination 10.0.0.12:80\n", ""),
              ElementsAre("backend.missing"));
  EXPECT_EQ(what_,
            "chains WARD-PORT-… of iptables-nft: port 8080/tcp does not lead to 10.0.0.12 . 80");
  EXPECT_THAT(find_targets({part_}, "tcp . 8080"), ElementsAre("10.0.0.11 . 80"));
}

TEST_F(CompareChainsTest, ABackendThatNobodyPlanned) {
  EXPECT_THAT(compare("10.0.0.12:80", "10.0.0.99:80"),
              ElementsAre("backend.missing", "backend.extra"));
  EXPECT_THAT(find_targets({part_}, "tcp . 8080"), ElementsAre("10.0.0.11 . 80", "10.0.0.99 . 80"));
}

TEST_F(CompareChainsTest, TurnsOfAnotherLength) {
  EXPECT_THAT(compare("--every 2", "--every 5"), ElementsAre("backend.weight"));
  EXPECT_THAT(what_, HasSubstr("chain WARD-PORT-tcp-8080 (nat) has the rule '-p tcp -m statistic"));
  EXPECT_THAT(what_, HasSubstr("backends do not get equal shares"));
}

TEST_F(CompareChainsTest, APortThatLeadsNowhere) {
  EXPECT_THAT(compare("-A WARD-PORT-ALL -p tcp -m tcp --dport 8080 -j WARD-PORT-tcp-8080\n", ""),
              ElementsAre("element.missing"));
  EXPECT_THAT(what_, HasSubstr("ports lacks port 8080/tcp : goto WARD-PORT-tcp-8080"));
  EXPECT_THAT(find_targets({part_}, "tcp . 8080"), IsEmpty());
}

TEST_F(CompareChainsTest, ARuleOfTheKernelsOwnChain) {
  EXPECT_THAT(compare("-A PREROUTING -i ward1 -j WARD-PORT-ALL\n", ""),
              ElementsAre("table.chains"));
  EXPECT_THAT(what_, HasSubstr("chain PREROUTING (nat) lacks the rule '-i ward1 -j"));
  EXPECT_THAT(what_, HasSubstr("so connections to published ports fail"));
  EXPECT_THAT(find_targets({part_}, "tcp . 8080"), IsEmpty());
}

TEST_F(CompareChainsTest, OtherRulesAndChains) {
  EXPECT_THAT(compare("-A WARD-PORT-ARRIVE -i ward1 -j CONNMARK --set-xmark 0x1/0xffffffff\n", ""),
              ElementsAre("table.chains"));
  EXPECT_THAT(compare("-A WARD-PORT-ALL -p", "-A WARD-PORT-ALL -j RETURN\n-A WARD-PORT-ALL -p"),
              ElementsAre("table.chains"));
  EXPECT_THAT(what_, HasSubstr("chain WARD-PORT-ALL (nat) has the rule '-j RETURN', which nobody"));
  EXPECT_THAT(compare(":WARD-PORT-ARRIVE", ":WARD-PORT-OLD - [0:0]\n:WARD-PORT-ARRIVE"),
              ElementsAre("table.chains"));
  EXPECT_THAT(what_, HasSubstr("chain WARD-PORT-OLD (mangle) is there, which nobody planned"));
}

TEST_F(CompareChainsTest, NothingIsThere) {
  part_.has = not_found("no chains");
  EXPECT_THAT(judge(), ElementsAre("table.missing"));
  EXPECT_EQ(what_,
            "chains WARD-PORT-… of iptables-nft are missing, so connections to published ports "
            "fail");
  part_.has = unavailable("iptables-nft-save: locked");
  EXPECT_THAT(judge(), ElementsAre("table.unreadable"));
  EXPECT_THAT(find_targets({part_}, "tcp . 8080"), IsEmpty());
}

TEST(HandsOver, OnlyByTheRuleOfThePort) {
  auto const part = [](char const* text) {
    SharedPart part;
    part.must = part.has.value() = chain_contents(text);
    return std::vector{part};
  };
  auto parts = part(
      "*nat\n"
      ":WARD-PUB-ALL - [0:0]\n"
      "-A PREROUTING -m addrtype --dst-type LOCAL -j WARD-PUB-ALL\n"
      "-A WARD-PUB-ALL -p tcp -m tcp --dport 8080 -j DNAT --to-destination 169.254.250.2\n");
  EXPECT_TRUE(hands_over(parts, "tcp . 8080"));
  EXPECT_FALSE(hands_over(parts, "tcp . 9090"));
  parts[0].has->rules.erase("PREROUTING (nat)");
  EXPECT_FALSE(hands_over(parts, "tcp . 8080"));
}

/// A port by IPVS.
class CompareServicesTest : public ::testing::Test {
 protected:
  CompareServicesTest() { part_.must = contents({{first_, 1}, {second_, 1}}); }

  TableContents contents(ServersInTurn const& servers) const {
    return service_contents(std::map<VirtualService, ServersInTurn>{{service_, servers}},
                            {{service_, "tcp . 8080"}});
  }

  std::vector<std::string> compare(ServersInTurn const& servers) {
    part_.has = contents(servers);
    Findings findings;
    compare_shared(part_, {{"tcp . 8080", "port 8080/tcp"}}, findings);
    auto const all = kinds(findings);
    what_ = all.empty() ? std::string() : findings.found()[0].what;
    return all;
  }

  VirtualService service_{.mark = 0, .protocol = {}, .address = ip("169.254.250.2"), .port = 8080};
  RealServer first_{ip("10.0.0.11"), 80};
  RealServer second_{ip("10.0.0.12"), 80};
  SharedPart part_{.where = "services of IPVS", .verb = "are", .purpose = kPortPurpose};
  std::string what_;
};

TEST_F(CompareServicesTest, TheOrderOfTurnsIsTheKernels) {
  EXPECT_THAT(compare({{second_, 1}, {first_, 1}}), IsEmpty());
  EXPECT_THAT(find_targets({part_}, "tcp . 8080"), ElementsAre("10.0.0.12 . 80", "10.0.0.11 . 80"));
}

TEST_F(CompareServicesTest, MissingAndExtraServers) {
  EXPECT_THAT(compare({{first_, 1}}), ElementsAre("backend.missing"));
  EXPECT_EQ(what_, "services of IPVS: port 8080/tcp does not lead to 10.0.0.12 . 80");
  EXPECT_THAT(compare({{first_, 1}, {second_, 1}, {{ip("10.0.0.99"), 80}, 1}}),
              ElementsAre("backend.extra"));
}

TEST_F(CompareServicesTest, AnotherWeight) {
  EXPECT_THAT(compare({{first_, 1}, {second_, 0}}), ElementsAre("backend.weight"));
  EXPECT_EQ(what_,
            "services of IPVS: port 8080/tcp leads to 10.0.0.12 . 80 with weight 0 instead of 1");
  EXPECT_THAT(find_targets({part_}, "tcp . 8080"), ElementsAre("10.0.0.11 . 80"));
}

TEST_F(CompareServicesTest, AServiceThatIsGoneAndOneThatNobodyPlanned) {
  service_.port = 9090;
  part_.must =
      service_contents(VirtualServices{{service_, {{first_, 1}}}}, {{service_, "udp . 1"}});
  EXPECT_THAT(compare({{first_, 1}}),
              ElementsAre("backend.missing", "element.missing", "element.extra"));
}

}  // namespace
}  // namespace swarmward::mesh
