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

std::string with_port(Address backend, std::uint32_t port) {
  return to_text(backend) + ":" + std::to_string(port);
}

Balance planned(Balance const* previous,
                std::vector<std::pair<std::string, std::string>> const& keys) {
  BalancePlanner planner(previous, &with_port);
  for (auto const& [key, backend] : keys) {
    planner.add(key, 1, {backend, "nonsense"}, 80);
  }
  return planner.take();
}

TEST(BalancePlanner, WhatHasNotChangedIsShared) {
  auto const before = planned(nullptr, {{"a", "10.0.0.1"}, {"c", "10.0.0.3"}, {"e", "10.0.0.5"}});
  EXPECT_THAT(before.at("a")->targets, ElementsAre("10.0.0.1:80"));
  auto const after = planned(&before,
                             {{"b", "10.0.0.2"},
                              {"c", "10.0.0.4"},
                              {"a", "10.0.0.1"},
                              {"e", "10.0.0.5"},
                              {"b", "10.0.0.9"}});
  EXPECT_EQ(&*after.at("a"), &*before.at("a"));
  EXPECT_EQ(&*after.at("e"), &*before.at("e"));
  EXPECT_THAT(after.at("c")->targets, ElementsAre("10.0.0.4:80"));
  EXPECT_THAT(after.at("b")->targets, ElementsAre("10.0.0.2:80"));
  EXPECT_EQ(after.size(), 4U);
}

TEST(BalancePlanner, AnotherPortOfTheTasksIsAChange) {
  auto const before = planned(nullptr, {{"a", "10.0.0.1"}});
  BalancePlanner planner(&before, &with_port);
  planner.add("a", 1, {"10.0.0.1", "nonsense"}, 81);
  EXPECT_THAT(planner.take().at("a")->targets, ElementsAre("10.0.0.1:81"));
}

TEST(RenderBalanceChange, KeysThatComeAndGoBetweenOthers) {
  auto const before = planned(nullptr, {{"a", "10.0.0.1"}, {"b", "10.0.0.2"}, {"d", "10.0.0.4"}});
  auto const after = planned(&before, {{"a", "10.0.0.1"}, {"c", "10.0.0.3"}, {"d", "10.0.0.4"}});
  auto const change = render_balance_change(kSchema, before, after);
  EXPECT_EQ(change.add, "add element ip t backends { c . 256 : 10.0.0.3:80 }\n");
  EXPECT_EQ(change.turn,
            "delete element ip t keys { b }\n"
            "add element ip t keys { c : goto pick1_1 }\n");
  EXPECT_EQ(change.remove, "delete element ip t backends { b . 256 }\n");
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
