#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "wire/filters.h"
#include "wire/query.h"

namespace swarmward::wire {
namespace {

using ::testing::ElementsAre;

TEST(Filters, TakesMapsAndLists) {
  auto const filters =
      parse_filters(R"({"id":{"b":true,"a":false},"name":["y","x","y"],"l":null})");
  ASSERT_TRUE(filters);
  EXPECT_THAT(filters->at("id"), ElementsAre("a", "b"));
  EXPECT_THAT(filters->at("name"), ElementsAre("x", "y"));
  EXPECT_TRUE(filters->at("l").empty());
  EXPECT_TRUE(parse_filters("")->empty());
  EXPECT_TRUE(parse_filters("{}")->empty());
}

TEST(Filters, RefusesAllElse) {
  for (auto const* text : {"x", "[]", "1", R"({"a":"b"})", R"({"a":{"b":1}})", R"({"a":[1]})"}) {
    auto const filters = parse_filters(text);
    ASSERT_FALSE(filters) << text;
    EXPECT_EQ(filters.error().message, "invalid filter");
    EXPECT_EQ(filters.error().code, ErrorCode::InvalidArgument);
  }
}

TEST(Filters, ChecksKeys) {
  auto const filters = *parse_filters(R"({"id":["a"],"foo":["b"]})");
  EXPECT_TRUE(check_filter_keys(filters, {"id", "foo", "bar"}));
  EXPECT_EQ(check_filter_keys(filters, {"id"}).error().message, "invalid filter 'foo'");
}

TEST(Query, LooseBool) {
  for (auto const* no : {"", "0", "no", "FALSE", " none "}) {
    EXPECT_FALSE(loose_bool(no)) << no;
  }
  for (auto const* yes : {"1", "True", "x", "yes"}) {
    EXPECT_TRUE(loose_bool(yes)) << yes;
  }
}

TEST(Query, StrictBool) {
  EXPECT_FALSE(*strict_bool("status", ""));
  EXPECT_FALSE(*strict_bool("status", "F"));
  EXPECT_TRUE(*strict_bool("status", "True"));
  EXPECT_EQ(strict_bool("status", "zz").error().message,
            "invalid value for status: zz: strconv.ParseBool: parsing \"zz\": invalid syntax");
  EXPECT_EQ(strict_bool("rotateWorkerToken", "zz").error().message,
            "invalid value for rotateWorkerToken: zz");
}

TEST(Query, Version) {
  EXPECT_EQ(*parse_version("service", "18446744073709551615"), 18446744073709551615U);
  auto const message = [](std::string_view kind, std::string_view text) {
    return parse_version(kind, text).error().message;
  };
  EXPECT_EQ(message("service", ""),
            "invalid service version '': strconv.ParseUint: parsing \"\": invalid syntax");
  EXPECT_EQ(message("node", "-1"),
            "invalid node version '-1': strconv.ParseUint: parsing \"-1\": invalid syntax");
  EXPECT_EQ(message("swarm", "18446744073709551616"),
            "invalid swarm version '18446744073709551616': strconv.ParseUint: parsing "
            "\"18446744073709551616\": value out of range");
  EXPECT_EQ(message("secret", "x"), "invalid secret version");
}

}  // namespace
}  // namespace swarmward::wire
