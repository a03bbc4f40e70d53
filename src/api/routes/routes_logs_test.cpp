#include <boost/asio/co_spawn.hpp>

#include "api/routes/log_lines.h"
#include "api/routes/testing/api_test.h"

namespace swarmward::api {
namespace {

using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::Not;

class LogsTest : public ApiTest {
 protected:
  LogsTest() {
    make_swarm();
    create(spec("web"));
    task_ = add_task("web", manager_, 1);
    engine_ = std::make_shared<FakeApiEngine>();
    control_.engines[manager_.str()] = engine_;
  }
  void say(model::TaskId const& task, std::deque<std::string> pieces) {
    engine_->logs_by_container["container-" + task.str()] = std::move(pieces);
  }
  static std::string stamped(LogSource source, int second, std::string const& text) {
    return log_frame(source, "2026-01-01T00:00:0" + std::to_string(second) + "Z " + text);
  }
  /// Follows the log until it is that long, and returns it.
  std::string follow(std::string const& path, std::size_t size) {
    Request asked;
    asked.method = "GET";
    asked.path = path;
    asked.version = {1, 44};
    asked.query = {{"stdout", "1"}, {"stderr", "1"}, {"follow", "1"}, {"tail", "2"}};
    FakeResponder responder;
    bool done = false;
    asio::co_spawn(
        context_, api_->handle(asked, responder), [&](std::exception_ptr const&) { done = true; });
    while (responder.answer.body.size() < size) {
      context_.run_one();
    }
    responder.gone = true;
    while (!done) {
      context_.run_one();
    }
    return responder.answer.body;
  }
  model::TaskId task_;
  std::shared_ptr<FakeApiEngine> engine_;
};

TEST_F(LogsTest, RelaysFrames) {
  say(task_, {log_frame(LogSource::Stdout, "one\n") + log_frame(LogSource::Stderr, "two\n")});
  auto const response = request("GET", "/services/web/logs?stdout=1&stderr=1&tail=5");
  EXPECT_EQ(response.status, 200U);
  EXPECT_EQ(response.content_type, "application/vnd.docker.multiplexed-stream");
  EXPECT_EQ(response.body,
            log_frame(LogSource::Stdout, "one\n") + log_frame(LogSource::Stderr, "two\n"));
  EXPECT_EQ(engine_->last_query.tail, "5");
  EXPECT_EQ(request("GET", "/services/web/logs?stdout=1", {}, {1, 41}).content_type,
            "application/vnd.docker.raw-stream");
}

TEST_F(LogsTest, DetailsNameTheTask) {
  say(task_, {log_frame(LogSource::Stdout, "2026-01-01T00:00:00.000000000Z a=b hello world\n")});
  auto const body =
      request("GET", "/tasks/" + task_.str() + "/logs?stdout=1&details=1&timestamps=1").body;
  EXPECT_EQ(
      body,
      log_frame(LogSource::Stdout,
                "2026-01-01T00:00:00.000000000Z a=b,com.docker.swarm.node.id=" + manager_.str() +
                    ",com.docker.swarm.service.id=" + service("web").id.str() +
                    ",com.docker.swarm.task.id=" + task_.str() + " hello world\n"));
}

TEST_F(LogsTest, TtyIsRaw) {
  create(R"({"Name":"tty","TaskTemplate":{"ContainerSpec":{"Image":"bb","TTY":true}}})");
  auto const task = add_task("tty", manager_, 1);
  say(task, {"hel", "lo\r\nbye"});
  auto const response = request("GET", "/services/tty/logs?stdout=1");
  EXPECT_EQ(response.body, "hello\r\nbye\n");
  EXPECT_EQ(response.content_type, "application/vnd.docker.raw-stream");
}

TEST_F(LogsTest, UnreachableNodeIsToldLast) {
  auto const other = add_node("host2", model::NodeRole::Worker);
  add_task("web", other, 2);
  say(task_, {log_frame(LogSource::Stdout, "one\n")});
  auto const body = request("GET", "/services/web/logs?stdout=1").body;
  EXPECT_EQ(body,
            log_frame(LogSource::Stdout, "one\n") +
                log_frame(LogSource::SystemError,
                          "Error grabbing logs: rpc error: code = Unknown desc = warning: "
                          "incomplete log stream. some logs could not be retrieved for the "
                          "following reasons: node " +
                              other.str() + " is not available\n"));
}

TEST_F(LogsTest, NodeThatIsDownIsNotAsked) {
  say(task_, {log_frame(LogSource::Stdout, "one\n")});
  change([this](state::Draft& draft) -> Result<void> {
    auto node = *draft.view().find_node(manager_);
    node.status.state = model::NodeState::Down;
    draft.put(std::move(node));
    return {};
  });
  auto const body = request("GET", "/services/web/logs?stdout=1").body;
  EXPECT_THAT(body, HasSubstr("node " + manager_.str() + " is not available\n"));
  EXPECT_THAT(body, Not(HasSubstr("one")));
}

TEST_F(LogsTest, TimesBeforeTheEpochAreTheBeginning) {
  EXPECT_EQ(outcome("GET", "/services/web/logs?stdout=1&since=-5"), "200");
  EXPECT_EQ(engine_->last_query.since, "");
}

TEST_F(LogsTest, MissingContainerIsNoError) {
  EXPECT_EQ(request("GET", "/services/web/logs?stdout=1").body, "");
}

TEST_F(LogsTest, FollowPicksUpLaterTasksUntilTheClientGoes) {
  say(task_, {stamped(LogSource::Stdout, 1, "one\n")});
  Request asked;
  asked.method = "GET";
  asked.path = "/services/web/logs";
  asked.version = {1, 44};
  asked.query = {{"stdout", "1"}, {"follow", "1"}};
  FakeResponder responder;
  bool done = false;
  asio::co_spawn(
      context_, api_->handle(asked, responder), [&](std::exception_ptr const&) { done = true; });
  settle();
  EXPECT_TRUE(responder.begun);
  auto const second = add_task("web", manager_, 2);
  say(second, {stamped(LogSource::Stdout, 2, "two\n")});
  while (responder.answer.body.size() < 2 * (8 + 4)) {
    context_.run_one();
  }
  EXPECT_THAT(responder.answer.body, EndsWith("two\n"));
  responder.gone = true;
  while (!done) {
    context_.run_one();
  }
  EXPECT_TRUE(responder.ended);
}

TEST_F(LogsTest, FollowGoesOnWhereItBrokeOff) {
  auto const one = stamped(LogSource::Stdout, 1, "one\n");
  auto const two = stamped(LogSource::Stderr, 2, "two\n");
  auto const three = stamped(LogSource::Stdout, 3, "three\n");
  say(task_, {one + two + three.substr(0, 20)});
  engine_->after_break["container-" + task_.str()] = {two, three};
  auto const expected = log_frame(LogSource::Stdout, "one\n") +
                        log_frame(LogSource::Stderr, "two\n") +
                        log_frame(LogSource::Stdout, "three\n");
  auto const path = "/tasks/" + task_.str() + "/logs";
  EXPECT_EQ(follow(path, expected.size()), expected);
  EXPECT_EQ(engine_->last_query.since, "1767225601.000000000");
  EXPECT_EQ(engine_->last_query.tail, "all");
  EXPECT_TRUE(engine_->last_query.timestamps);
}

TEST_F(LogsTest, FollowWaitsForAnEngineThatIsAway) {
  say(task_, {stamped(LogSource::Stdout, 1, "one\n")});
  engine_->missed_logs = 2;
  auto const expected = log_frame(LogSource::Stdout, "one\n");
  EXPECT_EQ(follow("/services/web/logs", expected.size()), expected);
  EXPECT_EQ(engine_->last_query.tail, "2");
}

TEST_F(LogsTest, ALogThatBreaksOffIsIncomplete) {
  say(task_, {log_frame(LogSource::Stdout, "one\nhalf")});
  engine_->after_break["container-" + task_.str()] = {};
  auto const body = request("GET", "/services/web/logs?stdout=1").body;
  EXPECT_THAT(body, HasSubstr("one\n"));
  EXPECT_THAT(body, HasSubstr("half\n"));
  EXPECT_THAT(body, HasSubstr("node " + manager_.str() + " is not available\n"));
}

TEST_F(LogsTest, RefusesWithNativesTexts) {
  EXPECT_EQ(outcome("GET", "/services/web/logs"),
            "500 Bad parameters: you must choose at least one stream");
  EXPECT_EQ(outcome("GET", "/services/nope/logs?stdout=1"), "404 service nope not found");
  EXPECT_EQ(outcome("GET", "/tasks/nope/logs?stdout=1"), "404 task nope not found");
  EXPECT_EQ(outcome("GET", "/services/web/logs?stdout=1&tail=x"),
            "500 tail value must be a positive integer or \"all\"");
  EXPECT_EQ(outcome("GET", "/services/web/logs?stdout=1&tail=-1"),
            "500 negative tail values not supported");
  EXPECT_EQ(outcome("GET", "/services/web/logs?stdout=1&since=abc"),
            "500 could not parse since timestamp: strconv.ParseInt: parsing \"abc\": invalid "
            "syntax");
}

}  // namespace
}  // namespace swarmward::api
