#include "backends/docker/http_client.h"

#include <algorithm>

#include "backends/docker/http_connection.h"

namespace swarmward::backends {

namespace {

constexpr std::chrono::seconds kConnectTimeout{5};
constexpr std::size_t kIdleConnections = 8;

class BodyStream final : public ByteStream {
 public:
  explicit BodyStream(std::shared_ptr<HttpConnection> connection)
      : connection_(std::move(connection)) {}
  ~BodyStream() override { connection_->close(); }

  asio::awaitable<Result<std::string>> read() override {
    return HttpConnection::read_piece(connection_);
  }
  void close() override { connection_->close(); }

 private:
  std::shared_ptr<HttpConnection> connection_;
};

}  // namespace

HttpClient::HttpClient(asio::any_io_executor executor, net::DialerPtr dialer)
    : executor_(std::move(executor)), dialer_(std::move(dialer)) {}

HttpClient::~HttpClient() = default;

HttpClient::ConnectionPtr HttpClient::take_idle() {
  while (!idle_.empty()) {
    auto connection = std::move(idle_.back());
    idle_.pop_back();
    if (connection->reusable()) {
      return connection;
    }
  }
  return nullptr;
}

void HttpClient::keep(ConnectionPtr connection) {
  if (idle_.size() < kIdleConnections) {
    idle_.push_back(std::move(connection));
  }
}

asio::awaitable<Result<HttpClient::Exchange>> HttpClient::start(HttpRequest const* request) {
  Exchange exchange;
  exchange.connection = request->pieces ? nullptr : take_idle();
  if (exchange.connection) {
    exchange.connection->set_deadline(request->timeout);
    auto head = co_await exchange.connection->exchange(request);
    if (head) {
      exchange.head = std::move(*head);
      co_return exchange;
    }
    // What befell this one has befallen the others: the engine was restarted, or one of the hosts
    // has another address and nothing comes through any more.
    idle_.clear();
    // The engine may close a kept connection at the very moment we use it.
    if (!exchange.connection->failed_unanswered()) {
      co_return head.error();
    }
  }
  exchange.connection = std::make_shared<HttpConnection>(executor_, dialer_);
  auto const timeout = request->timeout.count() == 0
                           ? kConnectTimeout
                           : std::min<std::chrono::milliseconds>(kConnectTimeout, request->timeout);
  auto connected = co_await exchange.connection->connect(timeout);
  if (!connected) {
    co_return connected.error();
  }
  exchange.connection->set_deadline(request->timeout);
  auto head = co_await exchange.connection->exchange(request);
  if (!head) {
    co_return head.error();
  }
  exchange.head = std::move(*head);
  co_return exchange;
}

asio::awaitable<Result<void>> HttpClient::read_rest(Exchange* exchange) {
  while (!exchange->connection->complete()) {
    auto piece = co_await HttpConnection::read_piece(exchange->connection);
    if (!piece) {
      co_return piece.error();
    }
    exchange->head.body += *piece;
  }
  exchange->connection->rest();
  keep(exchange->connection);
  co_return Result<void>{};
}

asio::awaitable<Result<HttpResponse>> HttpClient::request(HttpRequest request) {
  auto exchange = co_await start(&request);
  if (!exchange) {
    co_return exchange.error();
  }
  auto complete = co_await read_rest(&*exchange);
  if (!complete) {
    co_return complete.error();
  }
  co_return std::move(exchange->head);
}

asio::awaitable<Result<HttpStream>> HttpClient::open(HttpRequest request) {
  auto exchange = co_await start(&request);
  if (!exchange) {
    co_return exchange.error();
  }
  HttpStream stream;
  if (exchange->head.status >= 400) {
    auto complete = co_await read_rest(&*exchange);
    if (!complete) {
      co_return complete.error();
    }
  } else {
    exchange->connection->set_deadline(std::chrono::milliseconds{0});
    stream.body = std::make_unique<BodyStream>(exchange->connection);
  }
  stream.head = std::move(exchange->head);
  co_return stream;
}

}  // namespace swarmward::backends
