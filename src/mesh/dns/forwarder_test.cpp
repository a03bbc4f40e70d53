#include "mesh/dns/forwarder.h"

#include <set>

#include <boost/asio/co_spawn.hpp>
#include <gmock/gmock.h>

#include "mesh/dns/testing/fake_dns_server.h"
#include "mesh/dns/testing/messages.h"

namespace swarmward::mesh::dns {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using Replies = std::vector<std::string>;

class ForwarderTest : public ::testing::Test {
 protected:
  /// With the servers 127.0.0.1 and 127.0.0.2, in this order.
  void make(std::chrono::milliseconds patience = std::chrono::milliseconds(20000),
            std::size_t in_flight = 256) {
    ForwardOptions options;
    options.servers = [this] { return servers_; };
    options.port = first_.port();
    options.patience = patience;
    options.in_flight = in_flight;
    forwarder_ = std::make_unique<Forwarder>(io_.get_executor(), std::move(options));
  }
  /// Asks; the reply is put where the result points to.
  std::shared_ptr<ReplyText> ask(std::string const& name, Transport transport = Transport::Udp) {
    auto const bytes = query_bytes({name});
    auto reply = std::make_shared<ReplyText>();
    asio::co_spawn(io_,
                   forwarder_->ask(std::get<Query>(parse_query(bytes)), bytes, transport),
                   [reply](std::exception_ptr failed, std::string const& answer) {
                     EXPECT_FALSE(failed);
                     *reply = read_reply(answer);
                   });
    return reply;
  }
  /// Until the reply is there, or for ten seconds.
  void run_until(std::shared_ptr<ReplyText> const& reply) {
    auto const end = std::chrono::steady_clock::now() + std::chrono::seconds(10);
    while (!reply->readable && std::chrono::steady_clock::now() < end) {
      io_.run_one_for(std::chrono::milliseconds(100));
    }
    ASSERT_TRUE(reply->readable);
  }

  asio::io_context io_;
  FakeDnsServer first_{io_, "127.0.0.1", 0};
  FakeDnsServer second_{io_, "127.0.0.2", first_.port()};
  std::vector<asio::ip::address> servers_{asio::ip::make_address("127.0.0.1"),
                                          asio::ip::make_address("127.0.0.2")};
  std::unique_ptr<Forwarder> forwarder_;
};

Replies nothing(std::string const&) {
  return {};
}

FakeDnsServer::Script failing(unsigned rcode) {
  return [rcode](std::string const& query) { return Replies{failure_bytes(query, rcode)}; };
}

FakeDnsServer::Script answering(std::string address) {
  return [address = std::move(address)](std::string const& query) {
    return Replies{response_bytes(query, address)};
  };
}

TEST_F(ForwarderTest, TheClientGetsItsIdBack) {
  make();
  auto const reply = ask("example.org");
  run_until(reply);
  EXPECT_EQ(reply->id, 0x1234);
  EXPECT_THAT(reply->records, ElementsAre("192.0.2.1"));
  EXPECT_EQ(forwarder_->in_flight(), 0U);
  EXPECT_THAT(second_.queries(), IsEmpty());
}

TEST_F(ForwarderTest, IdsAndPortsAreItsOwnEachTime) {
  make();
  std::set<std::string> ids;
  for (int i = 0; i < 8; ++i) {
    run_until(ask("example.org"));
    ids.insert(first_.queries().back().substr(0, 2));
  }
  // Equal ones may happen by chance, but not every time.
  EXPECT_GT(ids.size(), 4U);
  EXPECT_GT(
      std::set<std::uint16_t>(first_.client_ports().begin(), first_.client_ports().end()).size(),
      4U);
}

TEST_F(ForwarderTest, ASilentServerIsFollowedByTheNext) {
  first_.set_script(nothing);
  second_.set_script(answering("192.0.2.2"));
  make(std::chrono::milliseconds(500));
  for (auto const transport : {Transport::Udp, Transport::Tcp}) {
    auto const reply = ask("example.org", transport);
    run_until(reply);
    EXPECT_THAT(reply->records, ElementsAre("192.0.2.2"));
  }
}

TEST_F(ForwarderTest, AClosedPortIsFollowedByTheNextAtOnce) {
  servers_[0] = asio::ip::make_address("127.0.0.3");
  second_.set_script(answering("192.0.2.2"));
  make();  // So patient that the test would fail if it waited.
  for (auto const transport : {Transport::Udp, Transport::Tcp}) {
    auto const reply = ask("example.org", transport);
    run_until(reply);
    EXPECT_THAT(reply->records, ElementsAre("192.0.2.2"));
  }
}

TEST_F(ForwarderTest, RefusalsAreFollowedByTheNextAndTheFirstIsPassedOn) {
  first_.set_script(failing(5));
  make();
  auto const helped = ask("example.org");
  run_until(helped);
  EXPECT_EQ(helped->rcode, 0U);
  second_.set_script(failing(2));
  auto const refused = ask("example.org");
  run_until(refused);
  EXPECT_EQ(refused->rcode, 5U);
}

TEST_F(ForwarderTest, ThatANameDoesNotExistIsAnAnswer) {
  first_.set_script(failing(3));
  make();
  auto const reply = ask("example.org");
  run_until(reply);
  EXPECT_EQ(reply->rcode, 3U);
  EXPECT_THAT(second_.queries(), IsEmpty());
}

TEST_F(ForwarderTest, WithoutServersItFails) {
  servers_.clear();
  make();
  auto const reply = ask("example.org");
  run_until(reply);
  EXPECT_EQ(reply->rcode, 2U);
  EXPECT_EQ(reply->question, "example.org.");
}

TEST_F(ForwarderTest, ForgedAnswersAreNotTaken) {
  first_.set_script([](std::string const& query) {
    auto const right = response_bytes(query, "192.0.2.1");
    auto const other = response_bytes(query_bytes({"example.com"}), "192.0.2.66");
    auto const id = static_cast<std::uint16_t>(static_cast<unsigned char>(query[0]) << 8 |
                                               static_cast<unsigned char>(query[1]));
    return Replies{with_id(response_bytes(query, "192.0.2.66"), static_cast<std::uint16_t>(id + 1)),
                   with_id(other, id),
                   query,
                   "nonsense",
                   right};
  });
  make();
  auto const reply = ask("example.org");
  run_until(reply);
  EXPECT_THAT(reply->records, ElementsAre("192.0.2.1"));
}

TEST_F(ForwarderTest, ConnectionsAreForwardedAsConnections) {
  make();
  auto const reply = ask("example.org", Transport::Tcp);
  run_until(reply);
  EXPECT_THAT(reply->records, ElementsAre("192.0.2.1"));
  EXPECT_EQ(first_.queries().size(), 1U);
  EXPECT_THAT(first_.client_ports(), IsEmpty());
}

TEST_F(ForwarderTest, TheOldestQueryGivesWay) {
  first_.set_script([](std::string const& query) {
    auto const slow = query.find("slow") != std::string::npos;
    return slow ? Replies{} : Replies{response_bytes(query, "192.0.2.1")};
  });
  make(std::chrono::seconds(20), 2);
  auto const oldest = ask("slow1.example");
  auto const middle = ask("slow2.example");
  auto const newest = ask("fast.example");
  run_until(newest);
  run_until(oldest);
  EXPECT_EQ(oldest->rcode, 2U);
  EXPECT_THAT(newest->records, ElementsAre("192.0.2.1"));
  EXPECT_FALSE(middle->readable);
  EXPECT_THAT(second_.queries(), IsEmpty());
  forwarder_->drop_all();
  run_until(middle);
  EXPECT_EQ(middle->rcode, 2U);
  EXPECT_EQ(forwarder_->in_flight(), 0U);
}

}  // namespace
}  // namespace swarmward::mesh::dns
