#include "api/routes/list_reply.h"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <gtest/gtest.h>

namespace swarmward::api {
namespace {

/// Notes how much came at once; the client may go away after some pieces.
class CountingResponder final : public Responder {
 public:
  asio::awaitable<void> send(Response response) override {
    ++sends;
    text = std::move(response.body);
    co_return;
  }
  asio::awaitable<bool> begin(Response head) override {
    EXPECT_EQ(head.body, "");
    begun = true;
    co_return true;
  }
  asio::awaitable<bool> write(std::string piece) override {
    longest = std::max(longest, piece.size());
    text += piece;
    co_return ++pieces != goes_after;
  }
  asio::awaitable<void> end() override {
    ended = true;
    co_return;
  }
  [[nodiscard]] bool client_gone() const override { return false; }
  asio::awaitable<void> wait_client_gone() override { co_return; }

  std::string text;
  std::size_t longest = 0;
  int sends = 0;
  int pieces = 0;
  int goes_after = -1;
  bool begun = false;
  bool ended = false;
};

void send(Responder& responder, std::size_t count, AppendElement append) {
  asio::io_context context;
  asio::co_spawn(context,
                 send_list(&responder, count, std::move(append)),
                 [](std::exception_ptr const& e) { EXPECT_FALSE(e); });
  context.run();
}

void append_number(std::string& out, std::size_t at) {
  out += std::to_string(at);
}

TEST(SendList, AnEmptyListIsAnArray) {
  CountingResponder responder;
  send(responder, 0, append_number);
  EXPECT_EQ(responder.text, "[]\n");
  EXPECT_EQ(responder.sends, 1);
}

TEST(SendList, AShortListIsSentWhole) {
  CountingResponder responder;
  send(responder, 3, append_number);
  EXPECT_EQ(responder.text, "[0,1,2]\n");
  EXPECT_EQ(responder.sends, 1);
  EXPECT_FALSE(responder.begun);
}

TEST(SendList, ALongListComesInPiecesOfBoundedSize) {
  CountingResponder responder;
  std::string const element(1000, '1');
  send(responder, 1000, [&](std::string& out, std::size_t /*at*/) { out += element; });
  std::string expected = "[" + element;
  for (int i = 1; i < 1000; ++i) {
    expected += "," + element;
  }
  EXPECT_EQ(responder.text, expected + "]\n");
  EXPECT_GT(responder.pieces, 10);
  EXPECT_LT(responder.longest, 70'000U);
  EXPECT_TRUE(responder.ended);
  EXPECT_EQ(responder.sends, 0);
}

TEST(SendList, StopsWhenTheClientGoes) {
  CountingResponder responder;
  responder.goes_after = 2;
  std::size_t made = 0;
  send(responder, 1000, [&](std::string& out, std::size_t /*at*/) {
    out += std::string(1000, '1');
    ++made;
  });
  EXPECT_EQ(responder.pieces, 2);
  EXPECT_LT(made, 200U);
  EXPECT_FALSE(responder.ended);
}

}  // namespace
}  // namespace swarmward::api
