#include "state/persistent_map.h"

#include <map>
#include <random>

#include <gtest/gtest.h>

namespace swarmward::state {
namespace {

TEST(PersistentMap, CopiesKeepWhatTheyHad) {
  PersistentMap<int, int> map;
  map.insert_or_assign(1, 10);
  auto const before = map;
  map.insert_or_assign(1, 11);
  map.erase(2);
  map.insert_or_assign(3, 30);
  EXPECT_EQ(*before.find(1), 10);
  EXPECT_EQ(before.size(), 1U);
  EXPECT_EQ(*map.find(1), 11);
  EXPECT_EQ(map.size(), 2U);
}

TEST(PersistentMap, BehavesAsAMapUnderRandomChanges) {
  std::mt19937 random(7);
  PersistentMap<int, int> map;
  std::map<int, int> reference;
  for (int step = 0; step < 20000; ++step) {
    int const key = static_cast<int>(random() % 500);
    if (random() % 3 == 0) {
      map.erase(key);
      reference.erase(key);
    } else {
      map.insert_or_assign(key, step);
      reference[key] = step;
    }
    if (step % 1000 != 0) {
      continue;
    }
    ASSERT_EQ(map.size(), reference.size());
    auto expected = reference.begin();
    for (auto const [k, v] : map) {
      ASSERT_EQ(k, expected->first);
      ASSERT_EQ(v, expected->second);
      ++expected;
    }
    auto const from = map.lower_bound(250);
    auto const wanted = reference.lower_bound(250);
    ASSERT_EQ(from == map.end(), wanted == reference.end());
    if (wanted != reference.end()) {
      ASSERT_EQ((*from).first, wanted->first);
    }
  }
}

}  // namespace
}  // namespace swarmward::state
