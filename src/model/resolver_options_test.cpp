#include "model/resolver_options.h"

#include <gmock/gmock.h>

namespace swarmward::model {
namespace {

using ::testing::ElementsAre;

TEST(ResolverOptions, EnginesNeverSeeNdots) {
  EXPECT_THAT(resolver_options({"ndots:2", "rotate", "ndots:0"}), ElementsAre("rotate"));
  EXPECT_THAT(resolver_options({"ndots:2"}), ElementsAre("timeout:5"));
  EXPECT_THAT(resolver_options({}), ElementsAre("timeout:5"));
}

}  // namespace
}  // namespace swarmward::model
