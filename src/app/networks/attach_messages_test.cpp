#include "app/networks/attach_messages.h"

#include <gmock/gmock.h>

namespace swarmward::app {
namespace {

using nlohmann::json;
using ::testing::ElementsAre;
using ::testing::SizeIs;

TEST(AttachMessages, WishesArriveAsTheyWere) {
  std::vector<api::AttachWish> const wishes{{"back", "10.0.1.9", {"db"}}, {"front", "", {}}};
  auto const read = wishes_from(json::parse(to_json(wishes).dump()));
  ASSERT_TRUE(read);
  ASSERT_THAT(*read, SizeIs(2));
  EXPECT_EQ((*read)[0].network, "back");
  EXPECT_EQ((*read)[0].address, "10.0.1.9");
  EXPECT_THAT((*read)[0].aliases, ElementsAre("db"));
  EXPECT_EQ((*read)[1].network, "front");
}

TEST(AttachMessages, PlacesArriveAsTheyWere) {
  api::AttachControl::Places const places{
      std::nullopt, api::Attachment{"a1", "net1", "back", "10.0.1.9", "10.0.1.2", {"192.0.2.53"}}};
  auto const read = places_from(json::parse(to_json(places).dump()), 2);
  ASSERT_TRUE(read);
  EXPECT_FALSE((*read)[0]);
  ASSERT_TRUE((*read)[1]);
  EXPECT_EQ((*read)[1]->id, "a1");
  EXPECT_EQ((*read)[1]->network, "net1");
  EXPECT_EQ((*read)[1]->name, "back");
  EXPECT_EQ((*read)[1]->address, "10.0.1.9");
  EXPECT_EQ((*read)[1]->node_address, "10.0.1.2");
  EXPECT_THAT((*read)[1]->resolvers, ElementsAre("192.0.2.53"));
}

TEST(AttachMessages, NonsenseIsRefused) {
  for (auto const* bad : {"{}", "[7]", "[{}]", R"([{"Network":7}])", "null"}) {
    EXPECT_FALSE(wishes_from(json::parse(bad))) << bad;
  }
  auto many = json::array();
  for (int at = 0; at < 257; ++at) {
    many.push_back({{"Network", "n"}});
  }
  EXPECT_FALSE(wishes_from(many));
  EXPECT_FALSE(places_from(json::parse("[null]"), 2));
  EXPECT_FALSE(places_from(json::parse("[7]"), 1));
  EXPECT_THAT(texts_from(json::parse(R"(["a",7,"b"])")), ElementsAre("a", "b"));
  EXPECT_THAT(texts_from(json::parse("{}")), SizeIs(0));
}

}  // namespace
}  // namespace swarmward::app
