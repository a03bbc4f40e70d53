#include "mesh/difference.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace swarmward::mesh {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST(Difference, NamesWhatIsMissingAndWhatIsTooMuch) {
  auto const found = difference<int>({5, 1, 3}, {3, 2, 2, 5});
  EXPECT_THAT(found.remove, ElementsAre(1));
  EXPECT_THAT(found.add, ElementsAre(2));
}

TEST(Difference, IsEmptyBetweenEqualSets) {
  auto const found = difference<int>({1, 2, 2}, {2, 1});
  EXPECT_THAT(found.remove, IsEmpty());
  EXPECT_THAT(found.add, IsEmpty());
}

}  // namespace
}  // namespace swarmward::mesh
