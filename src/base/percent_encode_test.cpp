#include "base/percent_encode.h"

#include <gtest/gtest.h>

namespace swarmward {
namespace {

TEST(PercentEncode, KeepsUnreservedCharactersAndWhatItIsTold) {
  EXPECT_EQ(percent_encode("a-b._~/\xC3\xBC"), "a-b._~%2F%C3%BC");
  EXPECT_EQ(percent_encode("a/b:c", "/"), "a/b%3Ac");
  EXPECT_EQ(percent_encode(""), "");
}

}  // namespace
}  // namespace swarmward
