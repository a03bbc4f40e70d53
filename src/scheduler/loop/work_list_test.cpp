#include "scheduler/loop/work_list.h"

#include <gmock/gmock.h>

namespace swarmward::scheduler {
namespace {

using SlotOf = WorkList::SlotOf;
using testing::ElementsAre;
using testing::IsEmpty;

class WorkListTest : public testing::Test {
 protected:
  void settle(model::ServiceId const& id) {
    work_.add(id);
    ASSERT_EQ(work_.take_service(), id);
    work_.settled(id, 1000);
  }
  static Time at(int seconds) { return Time(std::chrono::seconds(seconds)); }

  model::ServiceId const web_{"web"};
  WorkList work_;
};

TEST_F(WorkListTest, OfASettledServiceOnlyTheSlotsThatChangedAreLookedAt) {
  settle(web_);
  EXPECT_TRUE(work_.empty());
  work_.add(SlotOf{web_, 3});
  work_.add(SlotOf{web_, 3});
  work_.add(SlotOf{web_, 1});
  EXPECT_FALSE(work_.empty());
  EXPECT_TRUE(work_.take_service().empty());
  EXPECT_THAT(work_.take_slots(), ElementsAre(SlotOf{web_, 1}, SlotOf{web_, 3}));
  EXPECT_TRUE(work_.empty());
}

TEST_F(WorkListTest, AServiceThatIsNotSettledIsLookedAtAsAWhole) {
  work_.add(SlotOf{web_, 3});
  EXPECT_TRUE(work_.contains(web_));
  EXPECT_EQ(work_.take_service(), web_);
  work_.add(SlotOf{web_, 3});
  EXPECT_THAT(work_.take_slots(), IsEmpty());
  EXPECT_EQ(work_.take_service(), web_);
}

TEST_F(WorkListTest, TheWholeServiceCoversItsSlots) {
  settle(web_);
  work_.add(SlotOf{web_, 3});
  work_.add(web_);
  work_.add(SlotOf{web_, 4});
  EXPECT_THAT(work_.take_slots(), IsEmpty());
  EXPECT_EQ(work_.take_service(), web_);
}

TEST_F(WorkListTest, TheWholeServiceIsMeantWithoutASlotAndByManySlots) {
  settle(web_);
  work_.add(SlotOf{web_, 0});
  EXPECT_EQ(work_.take_service(), web_);
  work_.settled(web_, 1000);
  for (model::Slot slot = 1; slot <= 1000; ++slot) {
    work_.add(SlotOf{web_, slot});
  }
  EXPECT_THAT(work_.take_slots(), IsEmpty());
  EXPECT_EQ(work_.take_service(), web_);
}

TEST_F(WorkListTest, HowManySlotsAreManyDependsOnTheService) {
  auto const is_whole_after = [this](std::size_t tasks, model::Slot slots) {
    work_.add(web_);
    work_.take_service();
    work_.settled(web_, tasks);
    for (model::Slot slot = 1; slot <= slots; ++slot) {
      work_.add(SlotOf{web_, slot});
    }
    return work_.contains(web_);
  };
  EXPECT_FALSE(is_whole_after(1, 16));
  EXPECT_TRUE(is_whole_after(1, 17));
  EXPECT_FALSE(is_whole_after(10'000, 625));
  EXPECT_TRUE(is_whole_after(10'000, 626));
}

TEST_F(WorkListTest, SlotsWakeByThemselves) {
  settle(web_);
  work_.set_wake({web_, 2}, at(20));
  work_.set_wake({web_, 1}, at(10));
  work_.set_wake({web_, 2}, at(30));
  EXPECT_EQ(work_.next_wake(), at(10));
  work_.wake(at(10));
  EXPECT_THAT(work_.take_slots(), ElementsAre(SlotOf{web_, 1}));
  EXPECT_EQ(work_.next_wake(), at(30));
  work_.set_wake({web_, 2}, kNever);
  EXPECT_EQ(work_.next_wake(), kNever);
}

TEST_F(WorkListTest, TheWakeOfTheWholeServiceReplacesThoseOfItsSlotsOnly) {
  model::ServiceId const other("x");
  work_.set_wake({web_, 1}, at(10));
  work_.set_wake({other, 1}, at(15));
  work_.set_wake({web_}, at(20));
  EXPECT_EQ(work_.next_wake(), at(15));
  work_.wake(at(20));
  EXPECT_EQ(work_.next_wake(), kNever);
  EXPECT_EQ(work_.take_service(), web_);
  EXPECT_EQ(work_.take_service(), other) << "it is not settled";
}

}  // namespace
}  // namespace swarmward::scheduler
