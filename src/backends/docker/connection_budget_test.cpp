#include "backends/docker/connection_budget.h"

#include <atomic>

#include <gmock/gmock.h>

#include "backends/docker/http_client.h"
#include "backends/testing/run_call.h"
#include "base/testing/fake_upstream.h"

namespace swarmward::backends {
namespace {

using ::testing::HasSubstr;

constexpr std::chrono::milliseconds kShort{50};

/// An engine that answers all requests but those to /deaf, and counts its connections.
class ConnectionBudgetTest : public ::testing::Test {
 protected:
  std::unique_ptr<HttpClient> lone_client(ConnectionBudget::Limits limits) {
    return client(std::make_shared<ConnectionBudget>(limits));
  }
  std::unique_ptr<HttpClient> client(std::shared_ptr<ConnectionBudget> budget) {
    return std::make_unique<HttpClient>(
        io.get_executor(),
        net::make_plain_dialer(*net::parse_engine_address(upstream.address())),
        std::move(budget));
  }
  static HttpRequest request_for(std::string target) {
    HttpRequest request;
    request.target = std::move(target);
    return request;
  }
  /// Counts the good answers; the others are remembered.
  void spawn(HttpClient& to, HttpRequest request) {
    asio::co_spawn(io, to.request(std::move(request)), [this](auto const&, auto const& response) {
      response ? static_cast<void>(++answered) : errors.push_back(response.error().message);
    });
  }

  std::atomic<int> connections = 0;
  FakeUpstream upstream{[this](FakeUpstream::Peer& peer) {
    ++connections;
    for (auto head = peer.read_request(); !head.empty(); head = peer.read_request()) {
      if (head.find("/deaf") == std::string::npos) {
        peer.write(answer(200, "OK"));
      }
    }
  }};
  asio::io_context io;
  int answered = 0;
  std::vector<std::string> errors;
};

TEST_F(ConnectionBudgetTest, RequestsWaitForTheConnectionsOfTheirClient) {
  auto const one = lone_client({9, 3, 4});  // Two, and one for events.
  for (int i = 0; i < 20; ++i) {
    spawn(*one, request_for("/x"));
  }
  io.run();
  EXPECT_EQ(answered, 20);
  EXPECT_EQ(connections, 2);
}

TEST_F(ConnectionBudgetTest, ClientsTakeTurnsWhereThereIsNotOneConnectionForEach) {
  auto const budget = std::make_shared<ConnectionBudget>(ConnectionBudget::Limits{0, 1, 1});
  std::vector<std::unique_ptr<HttpClient>> clients;
  for (int i = 0; i < 5; ++i) {
    clients.push_back(client(budget));
    for (int j = 0; j < 3; ++j) {
      spawn(*clients.back(), request_for("/x"));
    }
  }
  io.run();
  EXPECT_EQ(answered, 15);
  EXPECT_EQ(connections, 5);  // Each does all it has to do before it gives way.
}

TEST_F(ConnectionBudgetTest, AConnectionBeyondThoseThatAreKeptIsClosed) {
  auto const one = lone_client({0, 9, 9});
  EXPECT_TRUE(run(io, one->request(request_for("/x"))));
  EXPECT_TRUE(run(io, one->request(request_for("/x"))));
  EXPECT_EQ(connections, 2);
}

TEST_F(ConnectionBudgetTest, NobodyWaitsLongerThanItsTimeout) {
  auto const budget = std::make_shared<ConnectionBudget>(ConnectionBudget::Limits{1, 1, 2});
  auto const busy = client(budget);
  auto const other = client(budget);
  auto deaf = request_for("/deaf");
  deaf.timeout = 4 * kShort;
  spawn(*busy, deaf);
  auto hasty = request_for("/x");
  hasty.timeout = kShort;
  auto const late = run(io, other->request(hasty));
  ASSERT_FALSE(late);
  EXPECT_EQ(late.error().code, ErrorCode::Unavailable);
  EXPECT_THAT(late.error().message, HasSubstr("too many connections to engines"));
  hasty.urgency = Urgency::SignOfLife;
  EXPECT_TRUE(run(io, other->request(hasty)));  // There is always room for those.
  io.run();
  EXPECT_THAT(errors, ::testing::ElementsAre(HasSubstr("no answer within")));
}

TEST_F(ConnectionBudgetTest, ASignOfLifeWaitsForItsPlaceBeforeAllOthers) {
  auto const budget = std::make_shared<ConnectionBudget>(ConnectionBudget::Limits{0, 1, 2});
  auto const busy = client(budget);
  auto const watched = client(budget);
  auto const patient = client(budget);
  auto const others = client(budget);
  auto deaf = request_for("/deaf");
  deaf.timeout = 4 * kShort;
  spawn(*busy, deaf);
  deaf.urgency = Urgency::SignOfLife;
  spawn(*watched, deaf);
  spawn(*others, request_for("/x"));
  auto ping = request_for("/x");
  ping.timeout = kShort;
  ping.urgency = Urgency::SignOfLife;
  spawn(*patient, ping);  // There is no place for four times as long.
  io.run();
  EXPECT_EQ(answered, 2);
  EXPECT_THAT(errors, ::testing::Each(HasSubstr("no answer within")));
}

TEST_F(ConnectionBudgetTest, AKnockLeavesNoConnection) {
  auto const one = lone_client({9, 1, 2});
  auto knock = request_for("/x");
  knock.anew = true;
  knock.urgency = Urgency::SignOfLife;
  for (int i = 0; i < 4; ++i) {
    EXPECT_TRUE(run(io, one->request(knock)));
  }
  EXPECT_EQ(connections, 4);
  EXPECT_TRUE(run(io, one->request(request_for("/x"))));
  EXPECT_EQ(connections, 5);  // None of those was kept.
}

TEST_F(ConnectionBudgetTest, AFailureLetsTheNextOneTry) {
  auto const one = lone_client({9, 2, 2});
  auto deaf = request_for("/deaf");
  deaf.timeout = kShort;
  spawn(*one, deaf);
  spawn(*one, request_for("/x"));
  spawn(*one, request_for("/x"));
  io.run();
  EXPECT_EQ(answered, 2);
  EXPECT_EQ(errors.size(), 1U);
}

TEST_F(ConnectionBudgetTest, AStreamLeavesItsClientTheOtherConnections) {
  auto const one = lone_client({9, 2, 2});
  auto stream = run(io, one->open(request_for("/events")));
  ASSERT_TRUE(stream);
  EXPECT_TRUE(run(io, one->request(request_for("/x"))));
  EXPECT_EQ(connections, 2);
}

TEST(ConnectionLimits, LeaveAPartForAllElse) {
  for (std::size_t const descriptors : {64U, 256U, 1024U, 20000U, 1U << 20}) {
    auto const limits = connection_limits(descriptors);
    EXPECT_LT(limits.kept, limits.usual);
    EXPECT_LT(limits.usual, limits.most);
    EXPECT_LE(limits.most, descriptors - descriptors / 100);
  }
  EXPECT_LE(connection_limits(1024).most, 1024U - 64U);
}

TEST(ConnectionLimits, KeepAConnectionForNearlyAllOfTenThousandEngines) {
  auto const for_events = 10000U;
  EXPECT_GE(connection_limits(20000).kept, for_events + 9500U);
}

}  // namespace
}  // namespace swarmward::backends
