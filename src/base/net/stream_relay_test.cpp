#include "base/net/stream_relay.h"

#include <optional>

#include <boost/asio/read.hpp>
#include <boost/asio/write.hpp>
#include <gtest/gtest.h>

#include "base/testing/tls_samples.h"

namespace swarmward::net {
namespace {

using boost::system::error_code;

/// A manager with TLS, the relay, an engine without.
class StreamRelayTest : public ::testing::Test {
 protected:
  StreamRelayTest() {
    auto tls = make_tls_pair(io_);
    auto plain = make_pair_of(io_);
    manager_.emplace(std::move(tls.a));
    engine_.emplace(std::move(plain.b));
    relay(std::move(tls.b), std::move(plain.a));
  }

  asio::io_context io_;
  std::optional<StreamSocket> manager_;
  std::optional<StreamSocket> engine_;
};

TEST_F(StreamRelayTest, AnEndOfInputPassesAndTheAnswerStillComes) {
  std::string const question(1'000'000, 'q');
  std::string const answer(2'000'000, 'a');
  std::string asked;
  std::string answered;
  asio::async_write(*manager_, asio::buffer(question), [&](error_code const&, std::size_t) {
    manager_->shutdown(StreamSocket::shutdown_send);
  });
  asio::async_read(*engine_, asio::dynamic_buffer(asked), [&](error_code const& end, std::size_t) {
    EXPECT_EQ(end, asio::error::eof);
    asio::async_write(
        *engine_, asio::buffer(answer), [&](error_code const&, std::size_t) { engine_->close(); });
  });
  asio::async_read(*manager_, asio::dynamic_buffer(answered), [&](error_code const& end, auto) {
    EXPECT_EQ(end, asio::error::eof);
    manager_->close();
  });
  io_.run();  // Ends: the relay has let go of both.
  EXPECT_EQ(asked.size(), question.size());
  EXPECT_EQ(answered.size(), answer.size());
}

TEST_F(StreamRelayTest, WhoIsCutOffDoesNotSeemToHaveFinished) {
  // The engine must not take half a request for a whole one.
  std::optional<error_code> ended;
  std::array<char, 16> bytes{};
  engine_->async_read_some(asio::buffer(bytes),
                           [&](error_code const& error, std::size_t) { ended = error; });
  ::shutdown(manager_->native_handle(), SHUT_RDWR);
  io_.run();
  ASSERT_TRUE(ended);
  error_code error;
  engine_->write_some(asio::buffer(std::string("x")), error);
  EXPECT_EQ(error, asio::error::broken_pipe);
}

TEST_F(StreamRelayTest, AnEngineThatIsGoneEndsAManagerThatStays) {
  std::string answered;
  std::optional<error_code> ended;
  asio::async_read(
      *manager_, asio::dynamic_buffer(answered), [&](error_code const& end, auto) { ended = end; });
  engine_->close();
  io_.run();  // Ends after the farewell's time.
  EXPECT_EQ(ended, asio::error::eof);
  EXPECT_TRUE(manager_->is_open());
}

}  // namespace
}  // namespace swarmward::net
