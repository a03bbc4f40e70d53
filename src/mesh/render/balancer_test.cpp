#include "mesh/render/balancer.h"

#include <random>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace swarmward::mesh {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

BalancerSchema const kSchema{.table = "ip t",
                             .dispatch = "keys",
                             .targets = "backends",
                             .pick = "dnat to meta mark map @backends"};

Balanced of(std::vector<std::string> targets, std::uint32_t counter = 0) {
  return {.targets = std::move(targets), .counter = counter};
}

TEST(SeatTargets, TheLastOneFillsTheGap) {
  EXPECT_THAT(seat_targets({"a", "b", "c"}, {"b", "c"}), ElementsAre("c", "b"));
}

TEST(SeatTargets, NewOnesComeAtTheEnd) {
  EXPECT_THAT(seat_targets({"c", "b"}, {"a", "b", "c"}), ElementsAre("c", "b", "a"));
}

TEST(SeatTargets, AReplacedOneLeavesItsSeatToItsSuccessor) {
  EXPECT_THAT(seat_targets({"a", "b", "c"}, {"a", "c", "x"}), ElementsAre("a", "x", "c"));
}

TEST(SeatTargets, TheSameOneTwiceIsOne) {
  EXPECT_THAT(seat_targets({}, {"a", "a", "b"}), ElementsAre("a", "b"));
}

TEST(RenderBalance, FillsBothMapsAndMakesTheChain) {
  EXPECT_EQ(render_balance(kSchema, {{"k", of({"a", "b"}, 7)}}),
            "add chain ip t pick2_7\n"
            "add rule ip t pick2_7 meta mark set numgen inc mod 2 offset 256\n"
            "add rule ip t pick2_7 dnat to meta mark map @backends\n"
            "add element ip t backends { k . 256 : a, k . 257 : b }\n"
            "add element ip t keys { k : goto pick2_7 }\n");
}

TEST(RenderBalance, AKeyWithoutTargetsHasNoElement) {
  EXPECT_THAT(render_balance(kSchema, {{"k", of({})}}), IsEmpty());
}

TEST(RenderBalance, KeysOfOneSizeAndCounterShareAChain) {
  auto const text = render_balance(kSchema, {{"k", of({"a"}, 1)}, {"l", of({"b"}, 65)}});
  EXPECT_THAT(text, HasSubstr("{ k : goto pick1_1, l : goto pick1_1 }"));
  EXPECT_EQ(text.find("add chain"), text.rfind("add chain"));
}

TEST(RenderBalanceChange, NothingForEqualOnes) {
  Balance const same{{"k", of({"a", "b"})}};
  EXPECT_EQ(render_balance_change(kSchema, same, same), StagedChange());
}

TEST(RenderBalanceChange, ShrinkingMovesTheLastAndChangesTheChain) {
  auto const change =
      render_balance_change(kSchema, {{"k", of({"a", "b", "c"})}}, {{"k", of({"c", "b"})}});
  EXPECT_EQ(change.add,
            "add chain ip t pick2_0\n"
            "add rule ip t pick2_0 meta mark set numgen inc mod 2 offset 256\n"
            "add rule ip t pick2_0 dnat to meta mark map @backends\n");
  EXPECT_EQ(change.turn,
            "delete element ip t keys { k }\n"
            "delete element ip t backends { k . 256 }\n"
            "add element ip t backends { k . 256 : c }\n"
            "add element ip t keys { k : goto pick2_0 }\n");
  EXPECT_EQ(change.remove,
            "delete element ip t backends { k . 258 }\n"
            "delete chain ip t pick3_0\n");
}

TEST(RenderBalanceChange, GrowingTouchesNeitherOtherKeysNorOtherTargets) {
  Balance const before{{"k", of({"a"})}, {"l", of({"x", "y"})}};
  Balance const after{{"k", of({"a", "b"})}, {"l", of({"x", "y"})}};
  auto const change = render_balance_change(kSchema, before, after);
  EXPECT_EQ(change.add, "add element ip t backends { k . 257 : b }\n");
  EXPECT_EQ(change.turn,
            "delete element ip t keys { k }\n"
            "add element ip t keys { k : goto pick2_0 }\n");
  EXPECT_EQ(change.remove, "delete chain ip t pick1_0\n");
}

TEST(RenderBalanceChange, AReplacedTargetKeepsTheChain) {
  auto const change =
      render_balance_change(kSchema, {{"k", of({"a", "b"})}}, {{"k", of({"a", "c"})}});
  EXPECT_THAT(change.add + change.remove, IsEmpty());
  EXPECT_EQ(change.turn,
            "delete element ip t backends { k . 257 }\n"
            "add element ip t backends { k . 257 : c }\n");
}

TEST(RenderBalanceChange, TheLastTargetTakesTheKeyWithIt) {
  auto const change = render_balance_change(kSchema, {{"k", of({"a"})}}, {{"k", of({})}});
  EXPECT_THAT(change.add, IsEmpty());
  EXPECT_EQ(change.turn, "delete element ip t keys { k }\n");
  EXPECT_EQ(change.remove,
            "delete element ip t backends { k . 256 }\n"
            "delete chain ip t pick1_0\n");
}

TEST(RenderBalanceChange, AChainInUseByOthersStays) {
  auto const change =
      render_balance_change(kSchema, {{"k", of({"a"})}, {"l", of({"b"})}}, {{"l", of({"b"})}});
  EXPECT_THAT(change.remove, Not(HasSubstr("delete chain")));
}

/// Random changes: seats have no gaps, and who stays within the new size keeps the place.
TEST(SeatTargets, HoldsForRandomChanges) {
  std::mt19937 random(20);
  std::vector<std::string> seats;
  for (int round = 0; round < 500; ++round) {
    std::vector<std::string> wanted;
    for (char name = 'a'; name <= 'j'; ++name) {
      if (random() % 2 == 0) {
        wanted.emplace_back(1, name);
      }
    }
    auto const next = seat_targets(seats, wanted);
    EXPECT_THAT(next, ::testing::UnorderedElementsAreArray(wanted));
    for (std::size_t i = 0; i < std::min(seats.size(), next.size()); ++i) {
      if (std::ranges::find(wanted, seats[i]) != wanted.end()) {
        EXPECT_EQ(next[i], seats[i]);
      }
    }
    seats = next;
  }
}

}  // namespace
}  // namespace swarmward::mesh
