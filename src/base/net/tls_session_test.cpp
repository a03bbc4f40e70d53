#include "base/net/tls_session.h"

#include <optional>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/write.hpp>
#include <gmock/gmock.h>

#include "base/net/as_result.h"
#include "base/net/tls_dialer.h"
#include "base/testing/tls_samples.h"

namespace swarmward::net {
namespace {

using std::chrono::seconds;
using ::testing::HasSubstr;

class TlsSessionTest : public ::testing::Test {
 protected:
  /// Shakes hands; what came of it is in client_result_ and server_result_.
  void shake(TlsContext const& client, TlsContext const& server, std::string const& name) {
    auto wire = make_pair_of(io_);
    client_ =
        std::make_shared<TlsSession>(std::move(wire.a), client, TlsSession::Side::Client, name);
    if (!offered_.empty()) {
      client_->offer_protocol(offered_);
    }
    server_ = std::make_shared<TlsSession>(std::move(wire.b), server, TlsSession::Side::Server, "");
    auto const keep = [](std::optional<Result<void>>* out) {
      return [out](std::exception_ptr const& bug, Result<void> result) {
        ASSERT_FALSE(bug);
        *out = std::move(result);
      };
    };
    asio::co_spawn(io_, client_->handshake(seconds(5)), keep(&client_result_));
    asio::co_spawn(io_, server_->handshake(seconds(5)), keep(&server_result_));
    while ((!client_result_ || !server_result_) && io_.run_one() > 0) {
    }
  }

  asio::io_context io_;
  std::string offered_;  ///< By the client.
  TlsIdentity const own_ = self_signed("node-one");
  std::shared_ptr<TlsSession> client_;
  std::shared_ptr<TlsSession> server_;
  std::optional<Result<void>> client_result_;
  std::optional<Result<void>> server_result_;
};

TlsContext context(TlsIdentity const& own, std::string const& trusted, PeerProof proof) {
  auto made = make_tls_context(own, trusted, proof, TlsVersions::Only13);
  EXPECT_TRUE(made) << made.error().message;
  return *made;
}

asio::awaitable<void> send_and_close(StreamSocket* socket, std::string text) {
  co_await asio::async_write(*socket, asio::buffer(text), kAsResult);
  socket->shutdown(StreamSocket::shutdown_send);
}

/// Answers only after the end of the input, as a program behind `docker exec -i` may.
asio::awaitable<void> echo_after_end(StreamSocket* socket) {
  std::string all;
  co_await asio::async_read(*socket, asio::dynamic_buffer(all), kAsResult);
  co_await asio::async_write(*socket, asio::buffer(all), kAsResult);
  socket->close();
}

TEST_F(TlsSessionTest, BytesAndHalfClosePass) {
  shake(context(own_, own_.certificate, PeerProof::Trusted),
        context(own_, own_.certificate, PeerProof::Trusted),
        "");
  ASSERT_TRUE(client_result_->has_value()) << client_result_->error().message;
  ASSERT_TRUE(server_result_->has_value()) << server_result_->error().message;
  EXPECT_EQ(server_->peer_chain(), own_.certificate);
  EXPECT_EQ(client_->peer_chain(), own_.certificate);
  auto near = client_->take();
  auto far = server_->take();
  client_.reset();
  server_.reset();
  std::string const sent(3'000'000, 'x');
  std::string got;
  asio::co_spawn(io_, send_and_close(&near, sent), asio::detached);
  asio::co_spawn(io_, echo_after_end(&far), asio::detached);
  asio::async_read(near, asio::dynamic_buffer(got), [&](auto const& error, std::size_t) {
    EXPECT_EQ(error, asio::error::eof);
  });
  io_.run();
  EXPECT_EQ(got.size(), sent.size());
}

TEST_F(TlsSessionTest, WhoIsNotTrustedIsRefusedWithTheReason) {
  auto const stranger = self_signed("node-two");
  shake(context(own_, own_.certificate, PeerProof::Trusted),
        context(stranger, "", PeerProof::None),
        "");
  ASSERT_TRUE(client_result_->has_error());
  EXPECT_EQ(client_result_->error().code, ErrorCode::Unauthorized);
  EXPECT_THAT(client_result_->error().message, HasSubstr("self-signed certificate"));
}

TEST_F(TlsSessionTest, TheNameCountsWhereAsked) {
  shake(context({}, own_.certificate, PeerProof::TrustedName),
        context(own_, "", PeerProof::None),
        "node-two");
  ASSERT_TRUE(client_result_->has_error());
  EXPECT_THAT(client_result_->error().message, HasSubstr("hostname mismatch"));
  client_result_.reset();
  server_result_.reset();
  shake(context({}, own_.certificate, PeerProof::TrustedName),
        context(own_, "", PeerProof::None),
        "node-one");
  EXPECT_TRUE(client_result_->has_value()) << client_result_->error().message;
}

TEST_F(TlsSessionTest, AnyCertificateIsTakenForJudging) {
  auto const stranger = self_signed("node-two");
  shake(context(stranger, "", PeerProof::None), context(own_, "", PeerProof::Judged), "");
  ASSERT_TRUE(server_result_->has_value());
  EXPECT_EQ(server_->peer_chain(), stranger.certificate);
}

TEST_F(TlsSessionTest, AProtocolIsSpokenIfOneOffersAndTheOtherServesIt) {
  auto const client = context({}, "", PeerProof::None);
  auto const server = context(own_, "", PeerProof::None);
  serve_protocol(server, "files/1");
  for (auto const* offered : {"files/1", "files/2", "files", ""}) {
    offered_ = offered;
    client_result_.reset();
    server_result_.reset();
    shake(client, server, "");
    ASSERT_TRUE(client_result_->has_value()) << client_result_->error().message;
    std::string const agreed = std::string(offered) == "files/1" ? offered : "";
    EXPECT_EQ(client_->protocol(), agreed);
    EXPECT_EQ(server_->protocol(), agreed);
  }
}

TEST_F(TlsSessionTest, AServerThatServesNoneAgreesToNone) {
  offered_ = "files/1";
  shake(context({}, "", PeerProof::None), context(own_, "", PeerProof::None), "");
  ASSERT_TRUE(client_result_->has_value()) << client_result_->error().message;
  EXPECT_EQ(client_->protocol(), "");
}

TEST_F(TlsSessionTest, NoiseIsNoHandshake) {
  auto wire = make_pair_of(io_);
  auto const server = std::make_shared<TlsSession>(
      std::move(wire.b), context(own_, "", PeerProof::None), TlsSession::Side::Server, "");
  std::optional<Result<void>> outcome;
  asio::co_spawn(io_, send_and_close(&wire.a, "GET / HTTP/1.1\r\n\r\n"), asio::detached);
  asio::co_spawn(io_, server->handshake(seconds(5)), [&](auto const&, Result<void> result) {
    outcome = std::move(result);
  });
  io_.run();
  ASSERT_TRUE(outcome);
  EXPECT_TRUE(outcome->has_error());
}

asio::awaitable<void> dial(DialerPtr dialer, std::optional<Error>* told) {
  auto const dialled =
      co_await dialer->dial(co_await asio::this_coro::executor, std::chrono::seconds(1));
  *told = dialled.error();
}

TEST(TlsDialer, WithoutAContextNobodyIsCalled) {
  asio::io_context io;
  std::optional<Error> told;
  auto dialer = make_tls_dialer([]() -> Result<TlsRoute> { return TlsRoute{}; }, "nowhere");
  asio::co_spawn(io, dial(std::move(dialer), &told), asio::detached);
  io.run();
  ASSERT_TRUE(told);
  EXPECT_EQ(told->code, ErrorCode::Unavailable);
}

TEST(TlsContext, SaysWhichPartCannotBeRead) {
  auto const good = self_signed("x");
  auto const text = [](TlsIdentity const& own, std::string const& trusted) {
    return make_tls_context(own, trusted, PeerProof::Trusted, TlsVersions::From12).error().message;
  };
  EXPECT_THAT(text({"nonsense", good.key}, good.certificate), HasSubstr("certificate"));
  EXPECT_THAT(text({good.certificate, self_signed("y").key}, good.certificate), HasSubstr("key"));
  EXPECT_THAT(text(good, "nonsense"), HasSubstr("CA"));
  EXPECT_EQ(common_name(good.certificate), "x");
  EXPECT_EQ(common_name("nonsense"), "");
}

}  // namespace
}  // namespace swarmward::net
