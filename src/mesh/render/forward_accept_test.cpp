#include "mesh/render/forward_accept.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace swarmward::mesh {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr char const* kChain =
    "-N WARD-INGRESS\n"
    "-A WARD-INGRESS -o ward0 -j ACCEPT\n"
    "-A WARD-INGRESS -i ward0 -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT\n";

std::vector<IptablesArguments> plan(std::string const& listing) {
  return plan_forward_accept(listing + kChain);
}

IptablesArguments insert_at(std::string const& position) {
  return {"-I", "FORWARD", position, "-j", "WARD-INGRESS"};
}

TEST(PlanForwardAccept, NothingWhereNothingDrops) {
  EXPECT_THAT(plan_forward_accept("-P INPUT DROP\n-P FORWARD ACCEPT\n-A FORWARD -j DOCKER-USER\n"),
              IsEmpty());
}

TEST(PlanForwardAccept, MakesTheChainBeforeTheJump) {
  auto const commands = plan_forward_accept("-P FORWARD DROP\n");
  ASSERT_THAT(commands, SizeIs(4));
  EXPECT_THAT(commands[0], ElementsAre("-N", "WARD-INGRESS"));
  EXPECT_EQ(commands[3], insert_at("1"));
}

TEST(PlanForwardAccept, ARuleThatRejectsAllCountsAsDropping) {
  EXPECT_THAT(plan("-P FORWARD ACCEPT\n-A FORWARD -j REJECT --reject-with icmp-host-prohibited\n"),
              ElementsAre(insert_at("1")));
}

TEST(PlanForwardAccept, ComesRightAfterTheAdministratorsChain) {
  EXPECT_THAT(plan("-P FORWARD DROP\n-A FORWARD -i x -j ACCEPT\n-A FORWARD -j DOCKER-USER\n-A "
                   "FORWARD -j Y\n"),
              ElementsAre(insert_at("3")));
}

TEST(PlanForwardAccept, AJumpThatStandsBelowStays) {
  EXPECT_THAT(plan("-P FORWARD DROP\n-A FORWARD -j DOCKER-USER\n-A FORWARD -j DOCKER-FORWARD\n"
                   "-A FORWARD -j WARD-INGRESS\n"),
              IsEmpty());
}

TEST(PlanForwardAccept, AJumpAboveTheAdministratorsChainMoves) {
  EXPECT_THAT(plan("-P FORWARD DROP\n-A FORWARD -j WARD-INGRESS\n-A FORWARD -j DOCKER-USER\n"),
              ElementsAre(ElementsAre("-D", "FORWARD", "-j", "WARD-INGRESS"), insert_at("2")));
}

TEST(PlanForwardRemoval, TakesJumpsBeforeTheChain) {
  EXPECT_THAT(plan_forward_removal(std::string("-A FORWARD -j WARD-INGRESS\n") + kChain),
              ElementsAre(ElementsAre("-D", "FORWARD", "-j", "WARD-INGRESS"),
                          ElementsAre("-F", "WARD-INGRESS"),
                          ElementsAre("-X", "WARD-INGRESS")));
  EXPECT_THAT(plan_forward_removal("-P FORWARD DROP\n"), IsEmpty());
}

}  // namespace
}  // namespace swarmward::mesh
