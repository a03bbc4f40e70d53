#include "base/net/stream_socket.h"

#include <random>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/write.hpp>
#include <gtest/gtest.h>

#include "base/net/as_result.h"
#include "base/net/stream_pieces.h"
#include "base/testing/tls_samples.h"

namespace swarmward::net {
namespace {

using boost::system::error_code;

std::string noise(std::size_t size, unsigned seed) {
  std::mt19937 random(seed);
  std::string text(size, '\0');
  for (auto& byte : text) {
    byte = static_cast<char>(random());
  }
  return text;
}

/// Pieces of all sizes, in pairs too, each first as far as it goes without waiting.
asio::awaitable<void> send_in_pieces(StreamSocket* out, std::string text, unsigned seed) {
  std::mt19937 random(seed);
  for (std::size_t at = 0; at < text.size();) {
    auto const size = std::min<std::size_t>(text.size() - at, 1 + random() % 70000);
    auto const first = size / (1 + random() % 3);
    std::array<asio::const_buffer, 2> const both{
        asio::buffer(text.data() + at, first),
        asio::buffer(text.data() + at + first, size - first)};
    error_code error;
    auto const now = out->write_some(both, error);
    at += now;
    if (now == 0 && first > 0) {
      // What was offered with its successor and refused is offered again alone.
      auto const rest = asio::buffer(text.data() + at, first);
      auto sent = co_await asio::async_write(*out, rest, kAsResult);
      EXPECT_FALSE(std::get<0>(sent));
      at += first;
    }
  }
  error_code ignored;
  out->shutdown(StreamSocket::shutdown_send, ignored);
}

class StreamSocketTest : public ::testing::Test {
 protected:
  asio::io_context io_;
  Pair tls_ = make_tls_pair(io_);
};

TEST_F(StreamSocketTest, BytesPassInOrderBothWaysWhateverTheKernelTakes) {
  for (auto* socket : {&tls_.a, &tls_.b}) {
    socket->set_option(asio::socket_base::send_buffer_size(4096));
    socket->non_blocking(true);
  }
  auto const there = noise(5'000'000, 1);
  auto const back = noise(3'000'000, 2);
  std::string got_there;
  std::string got_back;
  auto const to_the_end = [](error_code const& error, std::size_t) {
    EXPECT_EQ(error, asio::error::eof);
  };
  asio::co_spawn(io_, send_in_pieces(&tls_.a, there, 3), asio::detached);
  asio::co_spawn(io_, send_in_pieces(&tls_.b, back, 4), asio::detached);
  asio::async_read(tls_.b, asio::dynamic_buffer(got_there), to_the_end);
  asio::async_read(tls_.a, asio::dynamic_buffer(got_back), to_the_end);
  io_.run();
  EXPECT_TRUE(got_there == there);
  EXPECT_TRUE(got_back == back);
}

TEST_F(StreamSocketTest, BytesThatCameTogetherAreFoundOneAfterTheOther) {
  // Two records are read from the wire at once; the second shows no more on the descriptor.
  error_code error;
  tls_.a.write_some(asio::buffer(std::string("one")), error);
  tls_.a.write_some(asio::buffer(std::string("two")), error);
  int pieces = 0;
  auto const read_both = [](StreamSocket* in, int* count) -> asio::awaitable<void> {
    while (*count < 2) {
      auto const got = co_await read_piece(in);
      EXPECT_EQ(got, 3U);
      ++*count;
    }
  };
  asio::co_spawn(io_, read_both(&tls_.b, &pieces), asio::detached);
  io_.run();
  EXPECT_EQ(pieces, 2);
}

TEST_F(StreamSocketTest, APeekTellsWhatAReadWouldFind) {
  auto plain = make_pair_of(io_);
  for (auto* pair : {&tls_, &plain}) {
    error_code error;
    EXPECT_EQ(pair->b.peek(), asio::error::would_block);
    pair->a.write_some(asio::buffer(std::string("x")), error);
    EXPECT_EQ(pair->b.peek(), error_code());
    EXPECT_EQ(pair->b.read_some(asio::buffer(scratch()), error), 1U);
    EXPECT_EQ(pair->b.peek(), asio::error::would_block);
    pair->a.close();
    EXPECT_EQ(pair->b.peek(), asio::error::eof);
  }
}

TEST_F(StreamSocketTest, WhatIsCutOffWithoutAGoodByeIsNoEnd) {
  // Behind TLS's back, as who stands between the two can.
  ::shutdown(tls_.a.native_handle(), SHUT_RDWR);
  error_code error;
  tls_.b.read_some(asio::buffer(scratch()), error);
  EXPECT_EQ(error, asio::error::connection_reset);
}

TEST_F(StreamSocketTest, WhatIsDestroyedOrReplacedSaysGoodBye) {
  error_code error;
  tls_.a = StreamSocket(io_);
  tls_.b.read_some(asio::buffer(scratch()), error);
  EXPECT_EQ(error, asio::error::eof);
  auto other = std::make_unique<Pair>(make_tls_pair(io_));
  auto survivor = std::move(other->b);
  other.reset();
  survivor.read_some(asio::buffer(scratch()), error);
  EXPECT_EQ(error, asio::error::eof);
}

TEST_F(StreamSocketTest, TheGoodByeFollowsWhatFillsTheWire) {
  for (std::size_t size = 100'000; size < 120'000; size += 997) {
    io_.restart();
    auto pair = make_tls_pair(io_);
    pair.a.set_option(asio::socket_base::send_buffer_size(4096));
    std::string const sent(size, 'x');
    std::string got;
    asio::async_write(pair.a, asio::buffer(sent), [&](error_code const& error, std::size_t) {
      EXPECT_FALSE(error);
      pair.a.close();
    });
    asio::async_read(pair.b, asio::dynamic_buffer(got), [](error_code const& end, std::size_t) {
      EXPECT_EQ(end, asio::error::eof);
    });
    io_.run();
    EXPECT_EQ(got.size(), sent.size());
  }
}

TEST_F(StreamSocketTest, AClosedSocketEndsWhatWaits) {
  std::optional<error_code> ended;
  tls_.a.async_read_some(asio::buffer(scratch()),
                         [&](error_code const& error, std::size_t) { ended = error; });
  io_.poll();
  ASSERT_FALSE(ended);
  tls_.a.close();
  io_.restart();
  io_.run();
  EXPECT_EQ(ended, asio::error::operation_aborted);
  error_code error;
  tls_.a.read_some(asio::buffer(scratch()), error);
  EXPECT_EQ(error, asio::error::bad_descriptor);
}

TEST_F(StreamSocketTest, ASenderLearnsThatTheOtherIsGone) {
  tls_.b.close();
  error_code error;
  for (int i = 0; i < 100 && !error; ++i) {
    tls_.a.write_some(asio::buffer(std::string(10000, 'x')), error);
  }
  EXPECT_EQ(error, asio::error::connection_reset);  // And no signal has ended this program.
}

}  // namespace
}  // namespace swarmward::net
