#include "backends/docker/http_client.h"

#include <algorithm>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>

#include "backends/docker/http_connection.h"

namespace swarmward::backends {

namespace {

constexpr std::chrono::seconds kConnectTimeout{5};
/// After many requests at once.
constexpr std::size_t kMostIdle = 64;
/// Of more, each sign of life ends one.
constexpr std::size_t kUsuallyIdle = 2;

/// A connection: a body in pieces can be sent only once.
bool needs_its_own(HttpRequest const& request) {
  return request.pieces || request.anew;
}

/// Sent in one piece if the kernel has room at all, and with an answer of which nothing must be
/// known to read it.
bool is_simple(HttpRequest const& request) {
  constexpr std::size_t kSmallBody = 16384;
  return !needs_its_own(request) && request.body.size() <= kSmallBody && request.method != "HEAD";
}

Error too_many_connections() {
  return unavailable(
      "too many connections to engines are open: raise the limit of open files of swarmward");
}

}  // namespace

BodyStream::~BodyStream() {
  connection_->close();
}

asio::awaitable<Result<std::string>> BodyStream::read() {
  return HttpConnection::read_piece(connection_);
}

void BodyStream::listen(std::function<void(Result<std::string>)> take) {
  HttpConnection::listen(connection_, std::move(take));
}

void BodyStream::close() {
  connection_->close();
}

HttpClient::HttpClient(asio::any_io_executor executor,
                       net::DialerPtr dialer,
                       std::shared_ptr<ConnectionBudget> budget,
                       char const* whom)
    : executor_(std::move(executor)),
      dialer_(std::move(dialer)),
      whom_(whom),
      share_(std::make_shared<ConnectionShare>(std::move(budget))) {}

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
  if (idle_.size() < kMostIdle && share_->keeps()) {
    idle_.push_back(std::move(connection));
    share_->connection_freed();
  }
}

asio::awaitable<Result<HttpClient::ConnectionPtr>> HttpClient::connection_for(
    HttpRequest const* request) {
  for (;;) {
    if (auto kept = needs_its_own(*request) ? nullptr : take_idle()) {
      co_return kept;
    }
    if (auto place = share_->enter(request->urgency)) {
      co_return std::make_shared<HttpConnection>(executor_, dialer_, whom_, std::move(place));
    }
    if (!idle_.empty()) {
      idle_.erase(idle_.begin());  // It makes room.
      continue;
    }
    bool const again = co_await share_->wait(request->urgency, request->timeout);
    if (!again) {
      co_return too_many_connections();
    }
  }
}

asio::awaitable<Result<HttpClient::Exchange>> HttpClient::start(HttpRequest const* request,
                                                                ConnectionPtr asked) {
  Exchange exchange;
  exchange.connection = asked;
  if (!asked) {
    auto found = co_await connection_for(request);
    if (!found) {
      co_return found.error();
    }
    exchange.connection = std::move(*found);
  }
  if (exchange.connection->connected()) {
    if (!asked) {
      exchange.connection->set_deadline(request->timeout);
    }
    auto answer = asked ? asked->read_head(request) : exchange.connection->exchange(request);
    auto head = co_await std::move(answer);
    // Of a kept connection at which nobody looked before: see ask().
    bool const stale = head && !exchange.connection->looked_at() && head->status >= 400;
    if (head && !stale) {
      exchange.head = std::move(*head);
      co_return exchange;
    }
    // What befell this one has befallen the others: the engine was restarted, or one of the hosts
    // has another address and nothing comes through any more.
    idle_.clear();
    // The engine may close a kept connection at the very moment we use it.
    if (!stale && !exchange.connection->failed_unanswered()) {
      co_return head.error();
    }
    auto place = exchange.connection->give_up_place();
    exchange.connection =
        std::make_shared<HttpConnection>(executor_, dialer_, whom_, std::move(place));
  }
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

asio::awaitable<Result<void>> HttpClient::read_rest(Exchange* exchange,
                                                    HttpRequest const* request) {
  while (!exchange->connection->complete()) {
    auto piece = co_await HttpConnection::read_piece(exchange->connection);
    if (!piece) {
      co_return piece.error();
    }
    exchange->head.body += *piece;
  }
  if (!request->anew) {  // Else each question after an engine would leave one more.
    exchange->connection->rest();
    keep(exchange->connection);
  }
  co_return Result<void>{};
}

/// Nearly always there is a kept connection, the kernel takes the request at once, and the answer
/// is a plain one: then there is one coroutine instead of one for each part of the exchange.
asio::awaitable<Result<HttpResponse>> HttpClient::request(HttpRequest request) {
  auto connection = is_simple(request) ? take_idle() : nullptr;
  if (connection && !connection->send_at_once(request)) {
    connection.reset();
  }
  if (connection) {
    connection->set_deadline(request.timeout);
    auto const ready = co_await connection->until_readable();
    static_cast<void>(ready);  // What went wrong shows in the read.
    auto answer = connection->answer_at_once();
    if (answer) {
      connection->rest();
      keep(std::move(connection));
      co_return std::move(*answer);
    }
  }
  auto response = co_await finish(&request, std::move(connection));
  co_return response;
}

asio::awaitable<Result<HttpResponse>> HttpClient::finish(HttpRequest const* request,
                                                         ConnectionPtr asked) {
  auto exchange = co_await start(request, std::move(asked));
  if (!exchange) {
    co_return exchange.error();
  }
  auto complete = co_await read_rest(&*exchange, request);
  if (!complete) {
    co_return complete.error();
  }
  co_return std::move(exchange->head);
}

/// Does not look whether the engine has closed the connection: that shows in the answer.
void HttpClient::ask(std::shared_ptr<HttpRequest const> request, Answered done) {
  if (idle_.size() > kUsuallyIdle) {
    idle_.erase(idle_.begin());
  }
  ConnectionPtr connection;
  if (!idle_.empty()) {
    connection = std::move(idle_.back());
    idle_.pop_back();
  }
  if (!connection || !connection->at_rest() || !connection->send_at_once(*request)) {
    go_on_asking(std::move(request), nullptr, std::move(done));
    return;
  }
  connection->set_deadline(request->timeout);
  auto* const asked = connection.get();
  asked->when_readable([this,
                        connection = std::move(connection),
                        request = std::move(request),
                        done = std::move(done)]() mutable {
    auto answer = connection->answer_at_once();
    if (answer && answer->status < 400) {
      connection->rest();
      keep(std::move(connection));
      done(std::move(*answer));
      return;
    }
    // An error may have lain there before: who hangs up sometimes says so first.
    go_on_asking(std::move(request), answer ? nullptr : std::move(connection), std::move(done));
  });
}

void HttpClient::go_on_asking(std::shared_ptr<HttpRequest const> request,
                              ConnectionPtr asked,
                              Answered done) {
  auto rest = finish_asking(this, std::move(request), std::move(asked), std::move(done));
  asio::co_spawn(executor_, std::move(rest), asio::detached);
}

asio::awaitable<void> HttpClient::finish_asking(HttpClient* self,
                                                std::shared_ptr<HttpRequest const> request,
                                                ConnectionPtr asked,
                                                Answered done) {
  auto response = co_await self->finish(request.get(), std::move(asked));
  done(std::move(response));
}

asio::awaitable<Result<HttpStream>> HttpClient::open(HttpRequest request) {
  auto exchange = co_await start(&request, nullptr);
  if (!exchange) {
    co_return exchange.error();
  }
  HttpStream stream;
  if (exchange->head.status >= 400) {
    auto complete = co_await read_rest(&*exchange, &request);
    if (!complete) {
      co_return complete.error();
    }
  } else {
    exchange->connection->set_deadline(std::chrono::milliseconds{0});
    exchange->connection->serve_stream();
    stream.body = std::make_unique<BodyStream>(exchange->connection);
  }
  stream.head = std::move(exchange->head);
  co_return stream;
}

}  // namespace swarmward::backends
