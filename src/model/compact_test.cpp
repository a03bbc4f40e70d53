#include <gtest/gtest.h>

#include "model/task.h"

namespace swarmward::model {
namespace {

TEST(StatusText, StandsForAString) {
  StatusText text = "task: non-zero exit (7)";
  std::string const back = text;
  EXPECT_EQ(back, "task: non-zero exit (7)");
  EXPECT_EQ(text, back);
  auto const copy = text;
  text.clear();
  EXPECT_TRUE(text.empty());
  EXPECT_EQ(text, "");
  EXPECT_EQ(copy, "task: non-zero exit (7)");
  EXPECT_TRUE(copy.starts_with("task: "));
  text = copy;
  text = *&text;
  EXPECT_EQ(text, copy);
  EXPECT_FALSE(text == StatusText("started"));
}

TEST(StatusText, CommonTextsAreNotCopied) {
  EXPECT_EQ(StatusText("started").view().data(), StatusText(std::string("started")).view().data());
  EXPECT_NE(StatusText("other").view().data(), StatusText(std::string("other")).view().data());
}

TEST(ContainerId, IsWhatItWasMadeFrom) {
  std::string const full = "00ff" + std::string(58, 'a') + "19";
  EXPECT_EQ(ContainerId(full).str(), full);
  for (std::string const& other : {std::string("abc"), full + "0", std::string(64, 'G'), full}) {
    EXPECT_EQ(ContainerId(other).str(), other);
    EXPECT_FALSE(ContainerId(other).empty());
  }
  EXPECT_TRUE(ContainerId().empty());
  EXPECT_EQ(ContainerId().str(), "");
  EXPECT_FALSE(ContainerId(full) == ContainerId(std::string(64, 'a')));
}

TEST(Boxed, ComparesByValue) {
  Boxed<ContainerStatus> const box = ContainerStatus{"abc", 1, 2};
  EXPECT_EQ(box, (Boxed<ContainerStatus>(ContainerStatus{"abc", 1, 2})));
  EXPECT_FALSE(box == Boxed<ContainerStatus>());
  EXPECT_EQ(box->pid, 1);
}

TEST(RareList, CopiesAreDeep) {
  RareList<int> list{1, 2};
  auto const copy = list;
  list.push_back(3);
  EXPECT_EQ(copy, (RareList<int>{1, 2}));
  EXPECT_EQ(list.size(), 3U);
  list.clear();
  EXPECT_TRUE(list.empty());
  EXPECT_EQ(sizeof(list), sizeof(void*));
}

/// A cluster has them by the million; see bench/scale for what one costs with all around it.
TEST(Task, IsSmall) {
  EXPECT_LE(sizeof(Task), 304U);
}

}  // namespace
}  // namespace swarmward::model
