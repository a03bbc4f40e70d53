#include "scheduler/networks/plan_table.h"

#include <gmock/gmock.h>

namespace swarmward::scheduler {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

using Names = std::vector<model::PlannedName>;

class PlanTableTest : public testing::Test {
 protected:
  void say(PlanOwner owner, Names const& now) { table_.say(owner, said_[owner], now, ++version_); }
  void expect_changes(std::uint64_t since, Names const& put, std::vector<std::string> const& gone) {
    ASSERT_TRUE(table_.knows_since(since));
    Names found;
    std::vector<std::string> missing;
    table_.changes_since(since, found, missing);
    EXPECT_EQ(found, put);
    EXPECT_EQ(missing, gone);
  }

  PlanTable<model::PlannedName> table_;
  std::map<PlanOwner, std::vector<std::string>> said_;
  std::uint64_t version_ = 0;
};

TEST_F(PlanTableTest, TellsWhatIsNewAndWhatHasGone) {
  say(1, {{"a", {"1"}}, {"b", {"2"}}, {"c", {"3"}}});
  say(1, {{"a", {"1"}}, {"b", {"9"}}, {"d", {"4"}}});
  expect_changes(0, {{"a", {"1"}}, {"b", {"9"}}, {"d", {"4"}}}, {"c"});
  expect_changes(1, {{"b", {"9"}}, {"d", {"4"}}}, {"c"});
  expect_changes(2, {}, {});
  say(1, {});
  expect_changes(2, {}, {"a", "b", "d"});
  EXPECT_THAT(table_.all(), IsEmpty());
  EXPECT_EQ(table_.sum(), 0U);
}

TEST_F(PlanTableTest, ANameStandsForWhatAllItsOwnersSay) {
  say(1, {{"db", {"1", "3"}}});
  say(2, {{"db", {"2", "3"}}});
  EXPECT_THAT(table_.all(), ElementsAre(model::PlannedName{"db", {"1", "2", "3"}}));
  say(1, {});
  EXPECT_THAT(table_.all(), ElementsAre(model::PlannedName{"db", {"2", "3"}}));
}

TEST_F(PlanTableTest, WhatComesToTheSameIsNoChange) {
  say(1, {{"db", {"1"}}});
  auto const sum = table_.sum();
  say(2, {{"db", {"1"}}});
  say(1, {});
  EXPECT_EQ(table_.changed(), 1U);
  EXPECT_EQ(table_.sum(), sum);
}

TEST_F(PlanTableTest, TheSumTellsTheContents) {
  say(1, {{"a", {"1"}}});
  auto const one = table_.sum();
  say(1, {{"a", {"2"}}});
  EXPECT_NE(table_.sum(), one);
  say(1, {{"a", {"1"}}});
  EXPECT_EQ(table_.sum(), one);
}

TEST_F(PlanTableTest, ALogThatIsLongerThanWhatItTellsForgetsItsBeginning) {
  constexpr int kMany = 1500;
  for (int i = 0; i < kMany; ++i) {
    say(1, {{"a", {std::to_string(i)}}});
  }
  EXPECT_FALSE(table_.knows_since(1));
  EXPECT_TRUE(table_.knows_since(version_ - 1));
  expect_changes(version_ - 1, {{"a", {std::to_string(kMany - 1)}}}, {});
  // The first version that it still knows is told in full.
  std::uint64_t first = 0;
  while (!table_.knows_since(first)) {
    ++first;
  }
  expect_changes(first, {{"a", {std::to_string(kMany - 1)}}}, {});
}

TEST(PlanTableOfAddresses, TheFirstOwnerCountsUntilItHasGone) {
  PlanTable<model::PlannedVip> table;
  model::PlannedVip const first{"10.0.1.2", {"1"}};
  model::PlannedVip const second{"10.0.1.2", {"2"}};
  std::vector<std::string> said;
  table.say(1, said, {first}, 1);
  std::vector<std::string> said_by_other;
  table.say(2, said_by_other, {second}, 2);
  EXPECT_THAT(table.all(), ElementsAre(first));
  table.say(1, said, {}, 3);
  EXPECT_THAT(table.all(), ElementsAre(second));
}

}  // namespace
}  // namespace swarmward::scheduler
