#include "scheduler/allocator/port_plan.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace swarmward::scheduler {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

using model::PortConfig;
using model::Protocol;

PortConfig port(std::uint32_t target, std::uint32_t published = 0) {
  PortConfig made;
  made.target_port = target;
  made.published_port = published;
  return made;
}

PortConfig with_protocol(PortConfig made, Protocol protocol) {
  made.protocol = protocol;
  return made;
}

PortConfig in_host_mode(PortConfig made) {
  made.publish_mode = model::PublishMode::Host;
  return made;
}

class PlanPorts : public testing::Test {
 protected:
  std::vector<std::uint32_t> published(std::vector<PortConfig> const& wanted,
                                       std::vector<PortConfig> const& held = {}) {
    auto const plan = plan_ports(wanted, held, taken, cursor);
    EXPECT_THAT(plan.err, IsEmpty());
    EXPECT_TRUE(satisfies_wish(plan.ports, wanted));
    std::vector<std::uint32_t> numbers;
    for (auto const& one : plan.ports) {
      numbers.push_back(one.published_port);
    }
    return numbers;
  }

  std::set<PortNumber> taken;
  PortCursor cursor;
};

TEST_F(PlanPorts, HandsOutOneAfterTheOther) {
  EXPECT_THAT(published({port(80), port(81)}), ElementsAre(30000, 30001));
  // What was given back is not handed out again at once.
  EXPECT_THAT(published({port(80)}), ElementsAre(30002));
}

TEST_F(PlanPorts, OpenOnesComeLastWhereThereWerePortsBefore) {
  std::vector const wanted{port(80), port(81, 8081), in_host_mode(port(82))};
  EXPECT_THAT(published(wanted), ElementsAre(30000, 8081, 0));
  EXPECT_THAT(published(wanted, {port(80, 30000)}), ElementsAre(8081, 0, 30000));
}

TEST_F(PlanPorts, EveryProtocolHasPortsOfItsOwn) {
  EXPECT_THAT(published({port(80),
                         with_protocol(port(80), Protocol::Udp),
                         with_protocol(port(80), Protocol::Sctp)}),
              ElementsAre(30000, 30000, 30000));
}

TEST_F(PlanPorts, PassesOverWhatIsTaken) {
  taken = {{Protocol::Tcp, 30000}, {Protocol::Tcp, 30002}, {Protocol::Udp, 30001}};
  EXPECT_THAT(published({port(80), port(81), port(82, 30003), port(83)}),
              ElementsAre(30001, 30004, 30003, 30005));
}

TEST_F(PlanPorts, ForTheSameTargetTwiceThereAreTwoPorts) {
  EXPECT_THAT(published({port(80), port(80)}), ElementsAre(30000, 30001));
}

TEST_F(PlanPorts, BeginsAnewAfterTheLast) {
  cursor.next[0] = kLastDynamicPort;
  EXPECT_THAT(published({port(80), port(81)}), ElementsAre(32767, 30000));
}

TEST_F(PlanPorts, KeepsPortsByNameProtocolAndTarget) {
  // A port more, and another order, renumber nothing.
  auto const held = std::vector{port(80, 30007), port(81, 30008)};
  EXPECT_THAT(published({port(90), port(81), port(80)}, held), ElementsAre(30000, 30008, 30007));
  EXPECT_THAT(published({port(80)}, {port(80, 8085)}), ElementsAre(8085));
  EXPECT_THAT(published({with_protocol(port(80), Protocol::Udp)}, held), ElementsAre(30000));
}

TEST_F(PlanPorts, DoesNotKeepWhatANamedPortTakes) {
  EXPECT_THAT(published({port(80), port(81, 30007)}, {port(80, 30007)}), ElementsAre(30007, 30000));
  taken = {{Protocol::Tcp, 30007}};
  EXPECT_THAT(published({port(80)}, {port(80, 30007)}), ElementsAre(30001));
}

TEST_F(PlanPorts, LeavesHostModeToTheEngine) {
  EXPECT_THAT(published({in_host_mode(port(80)), in_host_mode(port(81, 30000)), port(82)}),
              ElementsAre(0, 30000, 30001));
  taken = {{Protocol::Tcp, 99}};
  EXPECT_THAT(published({in_host_mode(port(80, 99))}), ElementsAre(99));
}

TEST_F(PlanPorts, SaysWhyItCannot) {
  taken = {{Protocol::Tcp, 8085}};
  EXPECT_EQ(plan_ports(std::vector{port(80, 8085)}, {}, taken, cursor).err,
            "published port 8085/tcp is in use by another service");
  for (auto number = kFirstDynamicPort; number <= kLastDynamicPort; ++number) {
    taken.emplace(Protocol::Tcp, number);
  }
  EXPECT_THAT(plan_ports(std::vector{port(80)}, {}, taken, cursor).err,
              HasSubstr("all of 30000-32767/tcp are in use"));
  EXPECT_THAT(published({with_protocol(port(80), Protocol::Udp)}), ElementsAre(30000));
}

TEST(SatisfiesWish, ComparesAllButWhatWasChosen) {
  auto const fits = [](PortConfig const& given, PortConfig const& wish) {
    return satisfies_wish(std::vector{given}, std::vector{wish});
  };
  EXPECT_TRUE(fits(port(80, 30000), port(80)));
  EXPECT_FALSE(fits(port(80), port(80)));
  EXPECT_FALSE(fits(port(80, 30000), port(81)));
  EXPECT_FALSE(fits(port(80, 30000), port(80, 8080)));
  EXPECT_FALSE(fits(port(80, 30000), in_host_mode(port(80))));
  EXPECT_FALSE(satisfies_wish({}, std::vector{port(80)}));
  EXPECT_TRUE(satisfies_wish({}, {}));
}

}  // namespace
}  // namespace swarmward::scheduler
