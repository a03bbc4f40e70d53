#include "api/cluster/claims.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace swarmward::api {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

SeenContainer named(std::string const& name) {
  return {model::NodeId("n1"), {}, {name}, {}, {}};
}

std::vector<std::string> names(Claims::Look const& look) {
  std::vector<std::string> all;
  for (auto const& container : look.claimed()) {
    all.push_back(container.names.front());
  }
  return all;
}

TEST(ClaimsTest, WhatIsBeingMadeIsClaimed) {
  Claims claims;
  auto web = claims.claim(named("web"));
  auto const look = claims.look();
  EXPECT_THAT(names(*look), ElementsAre("web"));
  web.reset();
  EXPECT_THAT(names(*look), IsEmpty()) << "it was not made";
}

TEST(ClaimsTest, WhatIsMadeDuringALookStaysUntilItsEnd) {
  Claims claims;
  auto look = claims.look();
  auto web = claims.claim(named("web"));
  web->made();
  web.reset();
  EXPECT_THAT(names(*look), ElementsAre("web"));
  auto const later = claims.look();
  EXPECT_THAT(names(*later), IsEmpty()) << "the lists that it gets have it";
  look.reset();
  EXPECT_THAT(names(*claims.look()), IsEmpty());
}

TEST(ClaimsTest, TheBookMayGoFirst) {
  auto claims = std::make_unique<Claims>();
  auto const look = claims->look();
  auto const web = claims->claim(named("web"));
  claims.reset();
  web->made();
  EXPECT_THAT(names(*look), ElementsAre("web"));
}

TEST(SeenContainers, AreReadFromAnEnginesList) {
  auto const seen = seen_containers(
      model::NodeId("n1"),
      R"([{"Id":"c1","Names":["/web","/db/alias"],"Labels":{"com.docker.compose.project":"p",
          "com.docker.compose.service":"s"}},{"Names":["/x"]},7,{"Id":"c2","Names":null}])");
  ASSERT_THAT(seen, SizeIs(2));
  EXPECT_THAT(seen[0].names, ElementsAre("web"));
  EXPECT_EQ(seen[0].project + seen[0].service, "ps");
  EXPECT_THAT(seen[1].names, IsEmpty());
  EXPECT_THAT(seen_containers(model::NodeId("n1"), "nonsense"), IsEmpty());
  EXPECT_EQ(find_named(seen, "web"), &seen[0]);
  EXPECT_EQ(find_named(seen, "alias"), nullptr);
}

}  // namespace
}  // namespace swarmward::api
