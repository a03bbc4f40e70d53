#include "base/net/tcp_listener.h"

#include <optional>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <gmock/gmock.h>

namespace swarmward::net {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using Tcp = asio::ip::tcp;

Tcp::endpoint loopback(unsigned short port) {
  return {asio::ip::address_v4::loopback(), port};
}

TEST(TcpListener, HandsOnConnectionsTuned) {
  asio::io_context io;
  auto listener = TcpListener::open(io.get_executor(), loopback(0));
  ASSERT_TRUE(listener) << listener.error().message;
  std::optional<Tcp::socket> taken;
  listener->start({[&](Tcp::socket socket) { taken = std::move(socket); }, nullptr});
  Tcp::socket client(io);
  client.connect(loopback(listener->port()));
  while (!taken && io.run_one() > 0) {
  }
  ASSERT_TRUE(taken);
  EXPECT_EQ(taken->remote_endpoint(), client.local_endpoint());
  Tcp::no_delay no_delay;
  taken->get_option(no_delay);
  EXPECT_TRUE(no_delay.value());
  asio::socket_base::keep_alive keep_alive;
  taken->get_option(keep_alive);
  EXPECT_TRUE(keep_alive.value());
}

TEST(TcpListener, ATakenPortIsAConflict) {
  asio::io_context io;
  auto const first = TcpListener::open(io.get_executor(), loopback(0));
  ASSERT_TRUE(first);
  auto const second = TcpListener::open(io.get_executor(), loopback(first->port()));
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code, ErrorCode::Conflict);
  EXPECT_THAT(second.error().message, HasSubstr("in use"));
}

TEST(TcpListener, AnAddressOfAnotherHostIsInvalid) {
  asio::io_context io;
  // A block for documentation: no host has it.
  auto const listener =
      TcpListener::open(io.get_executor(), {asio::ip::make_address("192.0.2.1"), 0});
  ASSERT_FALSE(listener);
  EXPECT_EQ(listener.error().code, ErrorCode::InvalidArgument);
}

TEST(TcpListener, HandsOnNothingOnceClosed) {
  asio::io_context io;
  auto listener = TcpListener::open(io.get_executor(), loopback(0));
  ASSERT_TRUE(listener);
  bool taken = false;
  bool failed = false;
  listener->start({[&](Tcp::socket /*socket*/) { taken = true; }, [&](auto) { failed = true; }});
  io.poll();
  Tcp::socket client(io);
  client.connect(loopback(listener->port()));
  auto const port = listener->port();
  listener->close();
  io.restart();
  io.run();  // Ends, since the loop does.
  EXPECT_FALSE(taken);
  EXPECT_FALSE(failed);
  Tcp::socket late(io);
  boost::system::error_code refused;
  late.connect(loopback(port), refused);
  EXPECT_EQ(refused, asio::error::connection_refused);
}

TEST(TcpListener, ClosesWithTheObject) {
  asio::io_context io;
  unsigned short port = 0;
  {
    auto const listener = TcpListener::open(io.get_executor(), loopback(0));
    ASSERT_TRUE(listener);
    port = listener->port();
  }
  Tcp::socket late(io);
  boost::system::error_code refused;
  late.connect(loopback(port), refused);
  EXPECT_EQ(refused, asio::error::connection_refused);
}

/// An acceptor that fails once, then yields connections.
struct FailsOnce {
  using protocol_type = Tcp;
  using Accepted = std::tuple<boost::system::error_code, Tcp::socket>;

  [[nodiscard]] asio::any_io_executor get_executor() const { return executor; }
  [[nodiscard]] bool is_open() const { return open; }
  asio::awaitable<Accepted> async_accept(auto const& /*token*/) {
    boost::system::error_code error;
    if (++calls == 1) {
      error = asio::error::no_descriptors;
    }
    Accepted accepted(error, Tcp::socket(executor));
    co_return accepted;
  }

  asio::any_io_executor executor;
  unsigned calls = 0;
  bool open = true;
};

TEST(AcceptLoop, GoesOnAfterAFailure) {
  asio::io_context io;
  auto const acceptor = std::make_shared<FailsOnce>();
  acceptor->executor = io.get_executor();
  std::vector<std::string> seen;
  AcceptHandlers<Tcp::socket> handlers;
  handlers.accepted = [&](Tcp::socket /*socket*/) {
    seen.emplace_back("accepted");
    acceptor->open = false;
  };
  handlers.failed = [&](auto const& error) { seen.push_back(error.message()); };
  asio::co_spawn(io, accept_loop(acceptor, std::move(handlers)), asio::detached);
  io.run();
  EXPECT_THAT(seen, ElementsAre(HasSubstr("open files"), "accepted"));
}

}  // namespace
}  // namespace swarmward::net
