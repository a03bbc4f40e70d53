#include <boost/asio/co_spawn.hpp>

#include "api/routes/testing/api_test.h"

namespace swarmward::api {
namespace {

using ::testing::ElementsAre;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

class EventsTest : public ApiTest {
 protected:
  EventsTest() { control_.engine->live = std::make_shared<FakeLive>(context_.get_executor()); }

  void open(std::multimap<std::string, std::string> query) {
    Request asked;
    asked.method = "GET";
    asked.path = "/events";
    asked.version = {1, 44};
    asked.query = std::move(query);
    asio::co_spawn(context_, api_->handle(asked, responder_), [this](std::exception_ptr const& e) {
      EXPECT_FALSE(e);
      done_ = true;
    });
    settle();
  }
  void run_to_end() {
    while (!done_) {
      context_.run_one();
    }
  }
  std::string const& told() {
    settle();
    return responder_.answer.body;
  }
  FakeLive& engine() { return *control_.engine->live; }
  /// A moment relative to the present one, as a parameter.
  std::string second(int offset) {
    return std::to_string(
        std::chrono::floor<std::chrono::seconds>(clock_.time).time_since_epoch().count() + offset);
  }

  FakeResponder responder_;
  bool done_ = false;
};

TEST_F(EventsTest, HeadersComeBeforeAnyEvent) {
  open({});
  EXPECT_TRUE(responder_.begun);
  EXPECT_EQ(responder_.answer.content_type, "application/json");
  EXPECT_EQ(told(), "");
  EXPECT_THAT(control_.engine->opened, ElementsAre("/events"));
}

TEST_F(EventsTest, EngineAloneIsEnough) {
  open({});
  engine().say("{\"Type\":\"container\"}\n{\"Ty");
  EXPECT_EQ(told(), "{\"Type\":\"container\"}\n");
  engine().say("pe\":\"image\"}\n");
  EXPECT_THAT(told(), EndsWith("{\"Type\":\"image\"}\n"));
}

TEST_F(EventsTest, BothComeInOneStream) {
  make_swarm();
  settle();
  open({});
  create(spec("web"));
  engine().say("{\"Type\":\"container\"}\n");
  EXPECT_THAT(told(), HasSubstr(R"({"Type":"service","Action":"create")"));
  EXPECT_THAT(told(), EndsWith("{\"Type\":\"container\"}\n"));
}

TEST_F(EventsTest, FiltersHoldForTheSwarmToo) {
  make_swarm();
  settle();
  open({{"filters", R"({"type":["service"],"service":["we"]})"}});
  create(spec("web"));
  create(spec("other"));
  EXPECT_THAT(told(), HasSubstr("\"web\""));
  EXPECT_THAT(told(), Not(HasSubstr("\"other\"")));
}

TEST_F(EventsTest, TasksOnlyOnRequest) {
  make_swarm();
  create(spec("web"));
  settle();
  open({{"filters", R"({"type":["task"]})"}});
  add_task("web", manager_, 1);
  EXPECT_THAT(told(), HasSubstr(R"({"Type":"task","Action":"create")"));
}

TEST_F(EventsTest, ThePastEndsByItself) {
  make_swarm();
  create(spec("web"));
  settle();
  clock_.time += std::chrono::seconds(10);
  auto const range = "since=" + second(-100) + ".000000000&until=" + second(-1) + ".000000000";
  control_.engine->documents["/events?" + range] = "{\"Type\":\"container\",\"timeNano\":1}\n";
  open({{"since", second(-100)}, {"until", second(-1)}});
  run_to_end();
  EXPECT_TRUE(responder_.ended);
  EXPECT_THAT(told(), testing::StartsWith("{\"Type\":\"container\""));
  EXPECT_THAT(told(), HasSubstr("\"web\""));
  EXPECT_THAT(control_.engine->opened, IsEmpty());
}

TEST_F(EventsTest, TheEnginesPastAndPresentMeetWithoutOverlap) {
  auto const begin = "/events?since=" + second(-10) + ".000000000&until=";
  control_.engine->documents[begin + second(-1) + ".900000000"] = "{\"id\":\"past\"}\n";
  open({{"since", second(-10)}});
  EXPECT_EQ(told(), "{\"id\":\"past\"}\n");
  EXPECT_THAT(control_.engine->opened, ElementsAre("/events?since=" + second(-1) + ".900000001"));
}

TEST_F(EventsTest, EndsWithTheEnginesStream) {
  control_.engine->documents["/events?until=" + second(-1) + ".900000000"] = "";
  open({{"until", second(5)}});
  engine().say("{\"id\":\"last\"}\n");
  engine().finish();
  run_to_end();
  EXPECT_EQ(told(), "{\"id\":\"last\"}\n");
  EXPECT_TRUE(responder_.ended);
}

TEST_F(EventsTest, ALostEngineIsNoProperEnd) {
  open({});
  engine().break_off();
  run_to_end();
  EXPECT_FALSE(responder_.ended);
}

TEST_F(EventsTest, ClientGoneClosesTheEnginesSide) {
  open({});
  responder_.gone = true;
  run_to_end();
  EXPECT_TRUE(engine().closed);
}

TEST_F(EventsTest, RefusesWithNativesTexts) {
  EXPECT_EQ(outcome("GET", "/events?since=5&until=4"),
            "400 `since` time (5) cannot be after `until` time (4)");
  EXPECT_EQ(outcome("GET", "/events?since=x"),
            "500 strconv.ParseInt: parsing \"x\": invalid syntax");
  control_.engine->live = nullptr;
  EXPECT_EQ(outcome("GET", "/events"), "503 engine not reached");
}

}  // namespace
}  // namespace swarmward::api
