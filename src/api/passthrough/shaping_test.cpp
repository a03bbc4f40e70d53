#include "api/passthrough/shaping.h"

#include <gmock/gmock.h>

#include "api/server/target.h"

namespace swarmward::api {
namespace {

constexpr ApiVersion k141{1, 41};
constexpr ApiVersion k144{1, 44};

TEST(Shaping, IsForNewClientsOnOldEnginesAlone) {
  EXPECT_EQ(find_shaping("POST", "/volumes/prune", k144, k141), Shaping::PruneVolumes);
  EXPECT_EQ(find_shaping("POST", "/volumes/prune", k141, k141), Shaping::None);
  EXPECT_EQ(find_shaping("POST", "/volumes/prune", k144, ApiVersion{1, 42}), Shaping::None);
  EXPECT_EQ(find_shaping("POST", "/networks/create", k144, k141), Shaping::CheckDuplicate);
  EXPECT_EQ(find_shaping("POST", "/networks/create", ApiVersion{1, 43}, k141), Shaping::None);
  EXPECT_EQ(find_shaping("GET", "/containers/create", k144, k141), Shaping::None);
}

TEST(Shaping, AsksForTheCheckOfDuplicates) {
  EXPECT_EQ(with_check_duplicate(R"({"Name":"n"})"), R"({"Name":"n","CheckDuplicate":true})");
  EXPECT_EQ(with_check_duplicate(R"({"checkduplicate":false})"), R"({"checkduplicate":true})");
  EXPECT_EQ(with_check_duplicate("nonsense"), "nonsense");
}

TEST(Shaping, MovesTheMacAddressToWhereOldEnginesLook) {
  auto const body =
      R"({"Image":"i","NetworkingConfig":{"EndpointsConfig":{"n":{"MacAddress":"02:00:00:00:00:01"}}}})";
  EXPECT_THAT(with_mac_address(body), ::testing::EndsWith(R"(,"MacAddress":"02:00:00:00:00:01"})"));
  auto const none = R"({"Image": "i", "NetworkingConfig":{"EndpointsConfig":{"n":null}}})";
  EXPECT_EQ(with_mac_address(none), none);
}

std::string listed_filters(PrunePlan const& plan) {
  return parse_query(plan.engine_query).find("filters")->second;
}

TEST(VolumePrune, MeansAnonymousVolumesUnlessToldOtherwise) {
  auto const plain = plan_volume_prune("");
  ASSERT_TRUE(plain);
  EXPECT_FALSE(plain->all);
  EXPECT_EQ(listed_filters(*plain), R"({"dangling":["true"]})");
  auto const labels = plan_volume_prune("filters=%7B%22label%22%3A%7B%22a%22%3Atrue%7D%7D");
  EXPECT_EQ(listed_filters(*labels), R"({"label":{"a":true},"dangling":["true"]})");
  auto const all = plan_volume_prune(R"(filters={"all":{"true":true},"label":["a"]})");
  ASSERT_TRUE(all);
  EXPECT_TRUE(all->all);
  EXPECT_EQ(listed_filters(*all), R"({"label":["a"]})");
  EXPECT_FALSE(plan_volume_prune(R"(filters={"all":["0"]})")->all);
}

TEST(VolumePrune, RefusesWhatItCannotRead) {
  EXPECT_FALSE(plan_volume_prune("filters=x"));
  EXPECT_FALSE(plan_volume_prune(R"(filters={"all":["maybe"]})"));
}

TEST(VolumePrune, KnowsAnonymousVolumesByTheirName) {
  auto const anonymous = std::string(64, 'a');
  EXPECT_THAT(anonymous_volumes(R"({"Volumes":[{"Name":"data"},{"Name":")" + anonymous +
                                R"("},{"Name":")" + std::string(64, 'z') + R"("},7]})"),
              ::testing::ElementsAre(anonymous));
  EXPECT_TRUE(anonymous_volumes(R"({"Volumes":null})").empty());
  EXPECT_EQ(render_prune_report({"a"}), R"({"VolumesDeleted":["a"],"SpaceReclaimed":0})");
}

}  // namespace
}  // namespace swarmward::api
