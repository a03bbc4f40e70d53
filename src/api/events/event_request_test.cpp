#include "api/events/event_request.h"

#include <gtest/gtest.h>

#include "api/events/past_events.h"

namespace swarmward::api {
namespace {

Request request(std::multimap<std::string, std::string> query, ApiVersion version = {1, 44}) {
  Request made;
  made.query = std::move(query);
  made.version = version;
  return made;
}

std::string refusal(std::multimap<std::string, std::string> query) {
  auto const asked = event_request_of(request(std::move(query)));
  return asked ? "" : asked.error().message;
}

TEST(EventRequest, TimesAreSecondsWithAFraction) {
  auto const asked = event_request_of(request({{"since", "10.5"}, {"until", "11.000000001"}}));
  ASSERT_TRUE(asked);
  EXPECT_EQ(asked->since, Time(Duration(10'500'000'000)));
  EXPECT_EQ(asked->until, Time(Duration(11'000'000'001)));
  EXPECT_FALSE(event_request_of(request({}))->replays());
  EXPECT_FALSE(event_request_of(request({{"since", "-1"}}))->replays());
  EXPECT_TRUE(event_request_of(request({{"until", "99999999999999"}}))->replays());
}

TEST(EventRequest, RefusesWithNativesTexts) {
  EXPECT_EQ(refusal({{"since", "20"}, {"until", "10"}}),
            "`since` time (20) cannot be after `until` time (10)");
  EXPECT_EQ(refusal({{"since", "abc"}}), "strconv.ParseInt: parsing \"abc\": invalid syntax");
  EXPECT_EQ(refusal({{"until", "1.x"}}), "strconv.ParseInt: parsing \"x\": invalid syntax");
  EXPECT_EQ(refusal({{"filters", "{"}}), "invalid filter");
}

TEST(EventRequest, TheEngineGetsTheFiltersAsSent) {
  auto const asked = event_request_of(request({{"filters", R"({"a":["b"]})"}}));
  EXPECT_EQ(engine_events_target(*asked, std::nullopt, std::nullopt),
            "/events?filters=%7B%22a%22%3A%5B%22b%22%5D%7D");
  EXPECT_EQ(engine_events_target(*event_request_of(request({})), std::nullopt, std::nullopt),
            "/events");
  EXPECT_EQ(engine_events_target(*event_request_of(request({})),
                                 Time(Duration(1'000'000'007)),
                                 Time(Duration(2'500'000'000))),
            "/events?since=1.000000007&until=2.500000000");
}

TEST(EventRequest, ContentTypeFollowsVersionAndAcceptHeader) {
  auto const type_of = [](ApiVersion version, std::string const& accept) {
    auto asked = request({}, version);
    asked.headers.emplace_back("accept", accept);
    return event_request_of(asked)->format.content_type;
  };
  EXPECT_EQ(type_of({1, 44}, "*/*"), "application/json");
  EXPECT_EQ(type_of({1, 52}, ""), "application/jsonl");
  EXPECT_EQ(type_of({1, 44}, "application/x-ndjson"), "application/x-ndjson");
  EXPECT_EQ(type_of({1, 44}, "application/json-seq, */*"), "application/json-seq");
}

TEST(EventRequest, FormatShapesLines) {
  EventFormat format;
  std::string const line = R"({"status":"start","id":"1","from":"bb","Type":"container"})";
  EXPECT_EQ(engine_line(format, line), line + "\n");
  format.old_members = false;
  format.record_separators = true;
  EXPECT_EQ(engine_line(format, line), "\x1e{\"Type\":\"container\"}\n");
  EXPECT_EQ(framed(format, "{}"), "\x1e{}\n");
}

TEST(MergePast, PutsBothInOrderOfTime) {
  auto const event = [](std::string id, int nanoseconds) {
    SwarmEvent made;
    made.type = "service";
    made.action = "update";
    made.id = std::move(id);
    made.time = Time(Duration(nanoseconds));
    return std::make_shared<SwarmEvent const>(std::move(made));
  };
  auto const asked = *event_request_of(request({{"filters", R"({"service":["s"]})"}}));
  auto const text = merge_past(asked,
                               {event("s1", 2), event("other", 3), event("s2", 6)},
                               "{\"id\":\"e1\",\"timeNano\":1}\n{\"id\":\"e2\",\"timeNano\":4}\n");
  EXPECT_LT(text.find("e1"), text.find("s1"));
  EXPECT_LT(text.find("s1"), text.find("e2"));
  EXPECT_LT(text.find("e2"), text.find("s2"));
  EXPECT_EQ(text.find("other"), std::string::npos);
}

}  // namespace
}  // namespace swarmward::api
