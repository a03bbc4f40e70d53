#include "state/persistent_map.h"

#include <map>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

namespace swarmward::state {
namespace {

using Map = PersistentMap<int, std::string>;
using Reference = std::map<int, std::string>;

void expect_same(Map const& map, Reference const& reference) {
  ASSERT_EQ(map.size(), reference.size());
  auto expected = reference.begin();
  for (auto const [key, value] : map) {
    ASSERT_NE(expected, reference.end());
    ASSERT_EQ(key, expected->first);
    ASSERT_EQ(value, expected->second);
    ++expected;
  }
  ASSERT_EQ(expected, reference.end());
}

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

TEST(PersistentMap, RunsOfAscendingKeysMayComeAnywhere) {
  Map map;
  Reference reference;
  for (int const start : {5000, 0, 9000, 2500, 5500}) {
    for (int key = start; key < start + 1000; ++key) {
      map.insert_or_assign(key, std::to_string(key));
      reference[key] = std::to_string(key);
    }
    expect_same(map, reference);
  }
  for (int key = 0; key < 10000; key += key % 3 + 1) {
    map.erase(key);
    reference.erase(key);
  }
  expect_same(map, reference);
}

/// Grows to `most` keys, shrinks, grows again...; keeps copies, which must never change.
void run_against_a_map(unsigned seed, int most) {
  std::mt19937 random(seed);
  Map map;
  Reference reference;
  std::vector<std::pair<Map, Reference>> kept;
  for (int step = 0; step < 30000; ++step) {
    int const key = static_cast<int>(random() % static_cast<unsigned>(most));
    bool const shrinking = (step / 5000) % 2 == 1;
    if (random() % 10 < (shrinking ? 8 : 2)) {
      map.erase(key);
      reference.erase(key);
    } else {
      map.insert_or_assign(key, std::to_string(step));
      reference[key] = std::to_string(step);
    }
    auto const* found = map.find(key);
    ASSERT_EQ(found != nullptr, reference.contains(key));
    if (step % 500 == 0) {
      kept.emplace_back(map, reference);
    }
    if (step % 2000 == 0) {
      kept.erase(kept.begin(), kept.begin() + static_cast<std::ptrdiff_t>(kept.size() / 2));
    }
    if (step % 997 == 0) {
      expect_same(map, reference);
      auto const from = map.lower_bound(key + 1);
      auto const wanted = reference.lower_bound(key + 1);
      ASSERT_EQ(from == map.end(), wanted == reference.end());
      if (wanted != reference.end()) {
        ASSERT_EQ((*from).first, wanted->first);
      }
    }
  }
  for (auto const& [copy, expected] : kept) {
    expect_same(copy, expected);
  }
  for (int key = 0; key < most; ++key) {
    map.erase(key);
  }
  EXPECT_TRUE(map.empty());
  EXPECT_TRUE(map.begin() == map.end());
}

TEST(PersistentMap, BehavesAsAMapUnderRandomChanges) {
  for (unsigned seed = 1; seed <= 3; ++seed) {
    for (int const most : {10, 300, 5000}) {
      SCOPED_TRACE("seed " + std::to_string(seed) + " keys " + std::to_string(most));
      run_against_a_map(seed, most);
    }
  }
}

TEST(PersistentMap, TakesSortedKeysFromBothEnds) {
  for (int const direction : {1, -1}) {
    Map map;
    Reference reference;
    for (int i = 0; i < 3000; ++i) {
      map.insert_or_assign(direction * i, "x");
      reference[direction * i] = "x";
    }
    expect_same(map, reference);
    for (int i = 0; i < 3000; i += 2) {
      map.erase(direction * i);
      reference.erase(direction * i);
    }
    expect_same(map, reference);
  }
}

/// For the thread sanitizer: copies are read and dropped elsewhere while one is changed.
TEST(PersistentMap, CopiesMayLiveOnOtherThreads) {
  Map map;
  std::vector<std::thread> readers;
  for (int round = 0; round < 8; ++round) {
    for (int i = 0; i < 500; ++i) {
      map.insert_or_assign(i * 7 % 1000, std::to_string(round));
    }
    readers.emplace_back([copy = map, round]() mutable {
      std::size_t count = 0;
      for (auto const [key, value] : copy) {
        count += value == std::to_string(round) ? 1U : 0U;
      }
      EXPECT_EQ(count, 500U);
      copy.erase(7);
    });
  }
  for (auto& reader : readers) {
    reader.join();
  }
  EXPECT_EQ(map.size(), 500U);
}

}  // namespace
}  // namespace swarmward::state
