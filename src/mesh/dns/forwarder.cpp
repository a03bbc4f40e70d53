#include "mesh/dns/forwarder.h"

#include <algorithm>
#include <array>

#include <boost/asio/buffer.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ip/udp.hpp>
#include <boost/asio/steady_timer.hpp>

#include "base/id.h"
#include "base/net/as_result.h"
#include "mesh/dns/tcp_message.h"

namespace swarmward::mesh::dns {

namespace {

using asio::ip::tcp;
using asio::ip::udp;
using boost::system::error_code;

std::uint16_t random_id() {
  std::array<std::uint8_t, 2> bytes{};
  system_random()(bytes.data(), bytes.size());
  return static_cast<std::uint16_t>(bytes[0] << 8 | bytes[1]);
}

/// A server that says so cannot help, but another one may.
bool is_refusal(std::string_view response) {
  auto const code = header_rcode(response);
  return code == static_cast<std::uint8_t>(Rcode::ServFail) ||
         code == static_cast<std::uint8_t>(Rcode::NotImp) ||
         code == static_cast<std::uint8_t>(Rcode::Refused);
}

}  // namespace

/// One query on its way to the servers, one after another.
struct Forwarder::Exchange {
  explicit Exchange(asio::any_io_executor const& executor)
      : datagrams(executor), stream(executor), timer(executor) {}

  /// Whatever is awaited ends with an error.
  void close() {
    error_code ignored;
    datagrams.close(ignored);
    stream.close(ignored);
  }
  void drop() {
    dropped = true;
    timer.cancel();
    close();
  }

  udp::socket datagrams;
  tcp::socket stream;
  asio::steady_timer timer;
  unsigned tries = 0;
  bool dropped = false;
};

namespace {

/// What one server is asked.
struct Attempt {
  asio::ip::address server;
  std::uint16_t port;
  std::uint16_t id;
  std::string bytes;
};

using MaybeBytes = std::optional<std::string>;

asio::awaitable<MaybeBytes> ask_udp(udp::socket* socket,
                                    Attempt const* attempt,
                                    Query const* query) {
  udp::endpoint const server(attempt->server, attempt->port);
  error_code error;
  socket->open(server.protocol(), error);
  if (!error) {
    socket->connect(server, error);  // The kernel then drops what others send.
  }
  if (error) {
    co_return std::nullopt;
  }
  auto sent = co_await socket->async_send(asio::buffer(attempt->bytes), net::kAsResult);
  if (std::get<0>(sent)) {
    co_return std::nullopt;
  }
  auto const offered = query->edns ? query->edns->udp_bytes : kPlainUdpBytes;
  std::string buffer(std::max(offered, kLargestUdpBytes), '\0');
  while (true) {
    auto received = co_await socket->async_receive(asio::buffer(buffer), net::kAsResult);
    auto& [failed, size] = received;
    if (failed) {
      co_return std::nullopt;
    }
    if (answers_question({buffer.data(), size}, *query, attempt->id)) {
      co_return buffer.substr(0, size);
    }
  }
}

asio::awaitable<MaybeBytes> ask_tcp(tcp::socket* socket,
                                    Attempt const* attempt,
                                    Query const* query) {
  tcp::endpoint const server(attempt->server, attempt->port);
  auto connected = co_await socket->async_connect(server, net::kAsResult);
  if (std::get<0>(connected)) {
    co_return std::nullopt;
  }
  bool const sent = co_await write_message(socket, attempt->bytes);
  if (!sent) {
    co_return std::nullopt;
  }
  auto response = co_await read_message(socket, kLargestTcpBytes);
  if (!response || !answers_question(*response, *query, attempt->id)) {
    co_return std::nullopt;
  }
  co_return response;
}

}  // namespace

Forwarder::Forwarder(asio::any_io_executor executor, ForwardOptions options)
    : executor_(std::move(executor)), options_(std::move(options)) {}

Forwarder::~Forwarder() = default;

Forwarder::ExchangePtr Forwarder::start() {
  while (!exchanges_.empty() && exchanges_.size() >= options_.in_flight) {
    exchanges_.front()->drop();
    exchanges_.pop_front();
  }
  exchanges_.push_back(std::make_shared<Exchange>(executor_));
  return exchanges_.back();
}

void Forwarder::drop_all() {
  for (auto const& exchange : exchanges_) {
    exchange->drop();
  }
}

asio::awaitable<std::string> Forwarder::ask(Query query, std::string bytes, Transport transport) {
  auto const exchange = start();
  auto answer = co_await ask_each(exchange, &query, &bytes, transport);
  exchanges_.remove(exchange);
  co_return answer.empty() ? write_failure(query, Rcode::ServFail) : with_id(answer, query.id);
}

asio::awaitable<std::string> Forwarder::ask_each(ExchangePtr exchange,
                                                 Query const* query,
                                                 std::string const* bytes,
                                                 Transport transport) {
  std::string refusal;
  auto const servers = options_.servers();
  for (auto const& server : servers) {
    auto const id = random_id();
    Attempt const attempt{server, options_.port, id, with_id(*bytes, id)};
    auto const current = ++exchange->tries;
    exchange->timer.expires_after(options_.patience);
    exchange->timer.async_wait([exchange, current](error_code error) {
      if (!error && exchange->tries == current) {
        exchange->close();
      }
    });
    auto asking = transport == Transport::Udp ? ask_udp(&exchange->datagrams, &attempt, query)
                                              : ask_tcp(&exchange->stream, &attempt, query);
    auto response = co_await std::move(asking);
    ++exchange->tries;  // A timer that has fired by now is late.
    exchange->timer.cancel();
    exchange->close();
    if (exchange->dropped) {
      break;
    }
    if (response && !is_refusal(*response)) {
      co_return std::move(*response);
    }
    if (response && refusal.empty()) {
      refusal = std::move(*response);
    }
  }
  co_return exchange->dropped ? "" : refusal;
}

}  // namespace swarmward::mesh::dns
