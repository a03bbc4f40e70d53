#include "mesh/dns/listener.h"

#include <boost/asio/write.hpp>
#include <gmock/gmock.h>

#include "mesh/dns/testing/fake_dns_server.h"
#include "mesh/dns/testing/messages.h"

namespace swarmward::mesh::dns {
namespace {

using asio::ip::tcp;
using asio::ip::udp;
using ::testing::ElementsAre;

/// A client of the listener on UDP.
class Datagrams {
 public:
  Datagrams(asio::io_context& io, std::uint16_t port) : socket_(io, udp::v4()) {
    socket_.connect({asio::ip::address_v4::loopback(), port});
    receive();
  }
  void send(std::string const& bytes) { socket_.send(asio::buffer(bytes)); }
  [[nodiscard]] std::vector<ReplyText> const& replies() const { return replies_; }

 private:
  void receive() {
    socket_.async_receive(asio::buffer(buffer_),
                          [this](boost::system::error_code error, auto size) {
                            if (!error) {
                              replies_.push_back(read_reply({buffer_.data(), size}));
                              receive();
                            }
                          });
  }

  udp::socket socket_;
  std::string buffer_ = std::string(65535, '\0');
  std::vector<ReplyText> replies_;
};

/// A client on TCP.
class Stream {
 public:
  Stream(asio::io_context& io, std::uint16_t port) : socket_(io) {
    socket_.connect({asio::ip::address_v4::loopback(), port});
    receive();
  }
  void send(std::string const& bytes) {
    asio::write(socket_, asio::buffer(wire_16(static_cast<unsigned>(bytes.size())) + bytes));
  }
  void send_raw(std::string const& bytes) { asio::write(socket_, asio::buffer(bytes)); }
  [[nodiscard]] bool ended() const { return ended_; }
  /// The whole replies that are there.
  [[nodiscard]] std::vector<ReplyText> replies() const {
    std::vector<ReplyText> all;
    std::string_view left = received_;
    while (left.size() >= 2) {
      auto const size = static_cast<std::size_t>(static_cast<unsigned char>(left[0]) << 8 |
                                                 static_cast<unsigned char>(left[1]));
      if (left.size() < size + 2) {
        break;
      }
      all.push_back(read_reply(left.substr(2, size)));
      left.remove_prefix(size + 2);
    }
    return all;
  }

 private:
  void receive() {
    socket_.async_read_some(asio::buffer(buffer_),
                            [this](boost::system::error_code error, auto size) {
                              if (error == asio::error::operation_aborted) {
                                return;  // This object is gone.
                              }
                              received_ += buffer_.substr(0, size);
                              ended_ = static_cast<bool>(error);
                              if (!error) {
                                receive();
                              }
                            });
  }

  tcp::socket socket_;
  std::string buffer_ = std::string(4096, '\0');
  std::string received_;
  bool ended_ = false;
};

class ListenerTest : public ::testing::Test {
 protected:
  ~ListenerTest() override {
    if (listener_) {
      listener_->close();
      io_.poll();
    }
  }

  void start(ListenerLimits limits = {}) {
    model::PlannedNetwork network;
    network.id = "n1";
    network.name = "net";
    model::PlannedName many{"many", {}};
    for (int i = 1; i <= 120; ++i) {
      many.addresses.push_back("10.0.1." + std::to_string(i));
    }
    network.names = {many, {"web", {"10.0.1.4"}}};
    shared_->names = std::make_shared<Names const>(std::vector<model::SharedNetwork>{network});
    auto sockets = open_sockets(io_.get_executor(), *parse_address("127.0.0.1"), 0);
    ASSERT_TRUE(sockets) << sockets.error().message;
    port_ = sockets->datagrams.local_endpoint().port();
    ForwardOptions forwarding;
    forwarding.servers = [] { return std::vector{asio::ip::make_address("127.0.0.2")}; };
    forwarding.port = upstream_.port();
    forwarding.patience = std::chrono::seconds(20);
    listener_ = std::make_shared<Listener>("n1", std::move(*sockets), shared_, forwarding, limits);
    listener_->start();
  }
  /// Runs until it holds, or for ten seconds.
  [[nodiscard]] bool run_until(std::function<bool()> const& holds) {
    auto const end = std::chrono::steady_clock::now() + std::chrono::seconds(10);
    while (!holds() && std::chrono::steady_clock::now() < end) {
      io_.run_one_for(std::chrono::milliseconds(100));
    }
    return holds();
  }

  asio::io_context io_;
  FakeDnsServer upstream_{io_, "127.0.0.2", 0};
  std::shared_ptr<Shared> shared_ = std::make_shared<Shared>();
  std::shared_ptr<Listener> listener_;
  std::uint16_t port_ = 0;
};

TEST_F(ListenerTest, AnswersAndForwardsDatagrams) {
  start();
  Datagrams client(io_, port_);
  client.send(query_bytes({"web"}));
  ASSERT_TRUE(run_until([&] { return client.replies().size() == 1; }));
  EXPECT_THAT(client.replies()[0].records, ElementsAre("10.0.1.4"));
  client.send(query_bytes({"example.org"}));
  ASSERT_TRUE(run_until([&] { return client.replies().size() == 2; }));
  EXPECT_THAT(client.replies()[1].records, ElementsAre("192.0.2.1"));
}

TEST_F(ListenerTest, NonsenseStopsNothing) {
  start();
  Datagrams client(io_, port_);
  client.send("");
  client.send("short");
  client.send(std::string(12, '\0'));
  client.send(std::string(9000, '\x41'));
  client.send(query_bytes({"web"}));
  ASSERT_TRUE(run_until([&] { return client.replies().size() == 3; }));
  EXPECT_EQ(client.replies()[0].rcode, 1U);
  EXPECT_EQ(client.replies()[1].rcode, 4U);  // The opcode that 0x41 happens to spell.
  EXPECT_THAT(client.replies()[2].records, ElementsAre("10.0.1.4"));
}

TEST_F(ListenerTest, ASlowServerBlocksNobody) {
  std::vector<std::string> held;
  upstream_.set_script([&](std::string const& query) {
    held.push_back(query);
    return std::vector<std::string>{};
  });
  start();
  Datagrams client(io_, port_);
  client.send(query_bytes({"slow.example"}));
  ASSERT_TRUE(run_until([&] { return held.size() == 1; }));
  client.send(query_bytes({"web"}));
  ASSERT_TRUE(run_until([&] { return client.replies().size() == 1; }));
  EXPECT_THAT(client.replies()[0].records, ElementsAre("10.0.1.4"));
}

TEST_F(ListenerTest, OneConnectionAsksManyTimes) {
  start();
  Stream client(io_, port_);
  client.send(query_bytes({"many"}));
  client.send(query_bytes({"example.org"}));
  client.send(query_bytes({"web"}));
  ASSERT_TRUE(run_until([&] { return client.replies().size() == 3; }));
  EXPECT_EQ(client.replies()[0].records.size(), 120U);
  EXPECT_THAT(client.replies()[1].records, ElementsAre("192.0.2.1"));
  EXPECT_THAT(client.replies()[2].records, ElementsAre("10.0.1.4"));
  EXPECT_FALSE(client.ended());
}

TEST_F(ListenerTest, ConnectionsEndWhenTheyAreIdleOrSendTooMuch) {
  start({64, std::chrono::milliseconds(50)});
  Stream idle(io_, port_);
  Stream half(io_, port_);
  half.send_raw(std::string("\x00", 1));
  Stream big(io_, port_);
  big.send_raw("\xff\xff");
  ASSERT_TRUE(run_until([&] { return idle.ended() && half.ended() && big.ended(); }));
}

TEST_F(ListenerTest, ConnectionsAreLimitedInNumber) {
  start({2, std::chrono::seconds(20)});
  std::list<Stream> kept;
  for (int i = 0; i < 2; ++i) {
    kept.emplace_back(io_, port_).send(query_bytes({"web"}));
    ASSERT_TRUE(run_until([&] { return kept.back().replies().size() == 1; }));
  }
  Stream further(io_, port_);
  ASSERT_TRUE(run_until([&] { return further.ended(); }));
  EXPECT_FALSE(kept.front().ended());
}

TEST_F(ListenerTest, ClosingEndsItAll) {
  upstream_.set_script([](std::string const&) { return std::vector<std::string>{}; });
  start();
  Stream client(io_, port_);
  client.send(query_bytes({"slow.example"}));
  Datagrams other(io_, port_);
  other.send(query_bytes({"slow.example"}));
  ASSERT_TRUE(run_until([&] { return upstream_.queries().size() == 2; }));
  listener_->close();
  ASSERT_TRUE(run_until([&] { return client.ended() && listener_.use_count() == 1; }));
}

}  // namespace
}  // namespace swarmward::mesh::dns
