#include "backends/docker/docker_engine.h"

#include <atomic>
#include <cstdlib>
#include <sstream>
#include <thread>

#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <gmock/gmock.h>

#include "backends/docker/http_client.h"
#include "backends/testing/run_call.h"
#include "base/testing/fake_upstream.h"

namespace swarmward::backends {
namespace {

using ::testing::HasSubstr;

/// Answers pings itself, everything else by `reply`.
auto after_ping(std::function<std::string(std::string const&)> reply) {
  return [reply = std::move(reply)](FakeUpstream::Peer& peer) {
    for (auto request = peer.read_request(); !request.empty(); request = peer.read_request()) {
      auto const ping = request.starts_with("GET /_ping ");
      auto const text = ping ? answer(200, "OK") : reply(request);
      if (text.empty()) {
        return;
      }
      peer.write(text);
    }
  };
}

std::string const kChunked = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";

std::string chunk(std::string_view text) {
  std::ostringstream out;
  out << std::hex << text.size() << "\r\n" << text << "\r\n";
  return out.str();
}

struct Fixture {
  explicit Fixture(std::function<void(FakeUpstream::Peer&)> session)
      : upstream(std::move(session)),
        engine(*make_docker_engine(io.get_executor(), upstream.address())) {}
  FakeUpstream upstream;
  asio::io_context io;
  std::unique_ptr<Engine> engine;
};

TEST(DockerEngine, NegotiatesAndCreates) {
  std::string seen;
  Fixture f(after_ping([&](std::string const& request) {
    seen = request;
    return answer(201, R"({"Id":"c1"})");
  }));
  auto const id = run(f.io, f.engine->create_container("web.1", R"({"Image":"i"})"));
  ASSERT_TRUE(id);
  EXPECT_EQ(*id, "c1");
  EXPECT_THAT(seen, HasSubstr("POST /v1.41/containers/create?name=web.1 HTTP/1.1\r\n"));
  EXPECT_THAT(seen, HasSubstr("\r\n\r\n{\"Image\":\"i\"}"));
}

TEST(DockerEngine, TellsTheEnginesErrors) {
  Fixture f(after_ping([](auto const&) { return answer(409, R"({"message":"name taken"})"); }));
  auto const id = run(f.io, f.engine->create_container("web.1", "{}"));
  ASSERT_FALSE(id);
  EXPECT_EQ(id.error().code, ErrorCode::Conflict);
  EXPECT_EQ(id.error().message, "name taken");
}

TEST(DockerEngine, GoneOrGoingIsRemoved) {
  for (auto const& reply :
       {answer(404, R"({"message":"No such container: c1"})"),
        answer(409, R"({"message":"removal of container c1 is already in progress"})")}) {
    Fixture f(after_ping([&](auto const&) { return reply; }));
    EXPECT_TRUE(run(f.io, f.engine->remove_container("c1", KeepVolumes::No)));
  }
}

TEST(DockerEngine, StoppedAlreadyIsStopped) {
  Fixture f(after_ping([](auto const&) { return "HTTP/1.1 304 Not Modified\r\n\r\n"; }));
  EXPECT_TRUE(run(f.io, f.engine->stop_container("c1", std::chrono::seconds(1))));
  EXPECT_TRUE(run(f.io, f.engine->stop_container("c1", std::chrono::seconds(1))));
}

TEST(DockerEngine, RetriesOnceWhenAKeptConnectionIsClosed) {
  std::atomic<int> connections = 0;
  Fixture f([&](FakeUpstream::Peer& peer) {
    ++connections;
    if (peer.read_request().find("_ping") != std::string::npos) {
      peer.write(answer(200, "OK"));
      peer.read_request();  // Closes on the second request, unanswered.
      return;
    }
    peer.write(answer(200, R"([{"Id":"c1","Names":["/x"],"State":"exited"}])"));
  });
  auto const list = run(f.io, f.engine->list_containers("l"));
  ASSERT_TRUE(list);
  EXPECT_EQ(list->at(0).name, "x");
  EXPECT_EQ(connections, 2);
}

TEST(DockerEngine, DoesNotRetryABrokenAnswer) {
  std::atomic<int> calls = 0;
  Fixture broken([&](FakeUpstream::Peer& peer) {
    peer.read_request();
    peer.write(answer(200, "OK"));
    peer.read_request();
    ++calls;
    peer.write("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nx");
  });
  auto const got = run(broken.io, broken.engine->get_document("/info"));
  ASSERT_FALSE(got);
  EXPECT_EQ(got.error().code, ErrorCode::Unavailable);
  EXPECT_EQ(calls, 1);
}

TEST(DockerEngine, ReportsAnEngineThatIsNotThere) {
  asio::io_context io;
  auto const engine = *make_docker_engine(io.get_executor(), "unix:///nonexistent/docker.sock");
  auto const pinged = run(io, engine->ping());
  ASSERT_FALSE(pinged);
  EXPECT_EQ(pinged.error().code, ErrorCode::Unavailable);
  EXPECT_EQ(
      pinged.error().message,
      "cannot reach the engine at unix:///nonexistent/docker.sock: No such file or directory");
}

TEST(DockerEngine, FindsThePullsErrorInItsProgress) {
  Fixture f(after_ping([](std::string const& request) {
    EXPECT_THAT(request, HasSubstr("fromImage=a%2Fb&tag=1 "));
    EXPECT_THAT(request, HasSubstr("X-Registry-Auth: abc\r\n"));
    return kChunked + chunk("{\"status\":\"x\"}\r\n") +
           chunk(R"({"errorDetail":{"message":"denied"},"error":""})") + chunk("");
  }));
  auto const pulled = run(f.io, f.engine->pull_image("a/b:1", "abc"));
  ASSERT_FALSE(pulled);
  EXPECT_EQ(pulled.error().message, "denied");
}

/// Takes what a stream tells, one after the other.
class Listener {
 public:
  Listener(asio::io_context& io, EventStream& stream) : io_(io) {
    stream.listen([this](Result<ContainerEvent> event) { events_.push_back(std::move(event)); });
  }
  Result<ContainerEvent> next() {
    io_.restart();
    while (events_.empty() && io_.run_one() > 0) {
    }
    auto event = std::move(events_.at(0));
    events_.erase(events_.begin());
    return event;
  }

 private:
  asio::io_context& io_;
  std::vector<Result<ContainerEvent>> events_;
};

TEST(DockerEngine, EventsComeInPiecesAndCloseEndsTheWait) {
  Fixture f(after_ping([](auto const&) {
    return kChunked + chunk("{\"Action") + chunk("\":\"die\",\"Actor\":null}") + chunk("\n");
  }));
  auto const events = std::move(*run(f.io, f.engine->events("l")));
  Listener listener(f.io, *events);
  auto const event = listener.next();
  ASSERT_TRUE(event);
  EXPECT_EQ(event->action, "die");
  asio::post(f.io, [&] { events->close(); });
  EXPECT_EQ(listener.next().error().code, ErrorCode::Unavailable);
}

TEST(DockerEngine, LogsEndWhereTheBodyEnds) {
  Fixture f([](FakeUpstream::Peer& peer) {
    peer.read_request();
    peer.write(answer(200, "OK"));
    peer.read_request();
    peer.write("HTTP/1.1 200 OK\r\n\r\nraw");
  });
  auto const logs = std::move(*run(f.io, f.engine->logs("c1", LogQuery{})));
  EXPECT_EQ(*run(f.io, logs->read()), "raw");
  EXPECT_EQ(*run(f.io, logs->read()), "");
  logs->close();
}

TEST(DockerEngine, WorksWithARealOne) {
  auto const* address = std::getenv("SWARMWARD_TEST_ENGINE");
  if (address == nullptr) {
    GTEST_SKIP() << "SWARMWARD_TEST_ENGINE names no engine to try";
  }
  asio::io_context io;
  auto const engine = *make_docker_engine(io.get_executor(), address);
  auto const info = run(io, engine->info());
  ASSERT_TRUE(info) << info.error().message;
  EXPECT_FALSE(info->description.hostname.empty());
  EXPECT_FALSE(*run(io, engine->has_image("no-such-image:ever")));
  EXPECT_EQ(run(io, engine->inspect_container("no-such")).error().code, ErrorCode::NotFound);
  EXPECT_TRUE(run(io, engine->list_containers("swarmward.test")));
  auto const* image = std::getenv("SWARMWARD_TEST_IMAGE");
  if (image == nullptr) {
    return;
  }
  // A run that was killed may have left its container.
  EXPECT_TRUE(run(io, engine->remove_container("swarmward-test", KeepVolumes::No)));
  auto const events = run(io, engine->events("swarmward.test"));
  ASSERT_TRUE(events);
  auto const body = std::string(R"({"Image":")") + image +
                    R"(","Cmd":["sh","-c","echo hi; exec sleep 60"],
                       "Labels":{"swarmward.test":"1"},"HostConfig":{"NetworkMode":"none"}})";
  auto const id = run(io, engine->create_container("swarmward-test", body));
  ASSERT_TRUE(id) << id.error().message;
  EXPECT_TRUE(run(io, engine->start_container(*id)));
  EXPECT_TRUE(run(io, engine->inspect_container(*id))->running);
  EXPECT_EQ(Listener(io, **events).next()->action, "create");
  LogQuery query;
  query.follow = true;
  auto const logs = std::move(*run(io, engine->logs(*id, query)));
  EXPECT_THAT(*run(io, logs->read()), HasSubstr("hi\n"));
  EXPECT_TRUE(run(io, engine->stop_container(*id, std::chrono::seconds(0))));
  EXPECT_EQ(run(io, engine->inspect_container(*id))->status, "exited");
  EXPECT_TRUE(run(io, engine->remove_container(*id, KeepVolumes::No)));
  EXPECT_TRUE(run(io, engine->remove_container(*id, KeepVolumes::No)));
}

}  // namespace
}  // namespace swarmward::backends
