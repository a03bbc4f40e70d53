#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/container/small_vector.hpp>

#include "backends/docker/connection_budget.h"
#include "backends/engine.h"
#include "base/net/dialer.h"
#include "base/result.h"

namespace swarmward::backends {

using HttpHeaders = std::vector<std::pair<std::string, std::string>>;

/// Gives a body piece by piece; an empty piece ends it.
using BodyPieces = std::function<asio::awaitable<Result<std::string>>()>;

struct HttpRequest {
  std::string method = "GET";
  std::string target;
  std::string body;
  HttpHeaders headers;
  /// For the whole answer, or for its head if it is streamed. Zero: as long as it takes.
  std::chrono::milliseconds timeout{std::chrono::seconds(60)};
  char const* content_type = "application/json";  ///< Of the body, if there is any.
  /// Instead of `body`, for what is too large to be held: sent in chunks, once, over a connection
  /// of its own.
  BodyPieces pieces{};
  Urgency urgency = Urgency::Usual;
  bool anew = false;  ///< Over a connection of its own, which nobody had before or has after.
};

struct HttpResponse {
  unsigned status = 0;
  std::string api_version;  ///< The header Api-Version; empty if absent.
  std::string body;
};

class HttpConnection;

/// The body of an answer; its connection ends with it.
class BodyStream final : public ByteStream {
 public:
  explicit BodyStream(std::shared_ptr<HttpConnection> connection)
      : connection_(std::move(connection)) {}
  ~BodyStream() override;

  asio::awaitable<Result<std::string>> read() override;
  /// Instead of read(), for what is waited for by thousands: no coroutine waits. `take` is given
  /// all pieces one by one, and at last an empty one or an error, as by read().
  void listen(std::function<void(Result<std::string>)> take);
  void close() override;

 private:
  std::shared_ptr<HttpConnection> connection_;
};

/// An answer whose body is read piece by piece.
struct HttpStream {
  HttpResponse head;  ///< Its body is empty, unless the status is an error's: then it is complete.
  std::unique_ptr<BodyStream> body;  ///< Null if the status is an error's.
};

/// HTTP/1.1 to one place over kept connections. All on the thread of `executor`. A call that is
/// cancelled loses its connection, nothing else. Must outlive its calls, not its streams. Where
/// there may be no further connection, a call waits for one, within its timeout.
class HttpClient {
 public:
  using Answered = std::function<void(Result<HttpResponse>)>;

  /// `budget` of all who share it; null: there are few. `whom` errors call so, as in "cannot reach
  /// the engine at": a literal.
  HttpClient(asio::any_io_executor executor,
             net::DialerPtr dialer,
             std::shared_ptr<ConnectionBudget> budget = nullptr,
             char const* whom = "the engine");
  ~HttpClient();
  HttpClient(HttpClient const&) = delete;
  HttpClient& operator=(HttpClient const&) = delete;

  [[nodiscard]] asio::any_io_executor const& executor() const { return executor_; }
  /// More wait for a connection.
  [[nodiscard]] std::size_t calls_at_once() const { return share_->usual(); }
  /// Any status is a success here. Errors: Unavailable (no connection, no answer in time).
  asio::awaitable<Result<HttpResponse>> request(HttpRequest request);
  /// The same for small questions that thousands are asked again and again: no coroutine waits as
  /// long as a kept connection gives plain answers. `done` is called from the io loop, later.
  void ask(std::shared_ptr<HttpRequest const> request, Answered done);
  /// The connection belongs to the stream. Errors: as request().
  asio::awaitable<Result<HttpStream>> open(HttpRequest request);

 private:
  using ConnectionPtr = std::shared_ptr<HttpConnection>;
  struct Exchange {
    ConnectionPtr connection;
    HttpResponse head;
  };

  /// `asked`: was sent the request already; null if none was.
  asio::awaitable<Result<Exchange>> start(HttpRequest const* request, ConnectionPtr asked);
  asio::awaitable<Result<HttpResponse>> finish(HttpRequest const* request, ConnectionPtr asked);
  void go_on_asking(std::shared_ptr<HttpRequest const> request, ConnectionPtr asked, Answered done);
  static asio::awaitable<void> finish_asking(HttpClient* self,
                                             std::shared_ptr<HttpRequest const> request,
                                             ConnectionPtr asked,
                                             Answered done);
  asio::awaitable<Result<void>> read_rest(Exchange* exchange, HttpRequest const* request);
  /// A kept one, or a new one that is yet to be connected.
  asio::awaitable<Result<ConnectionPtr>> connection_for(HttpRequest const* request);
  [[nodiscard]] ConnectionPtr take_idle();
  void keep(ConnectionPtr connection);

  asio::any_io_executor executor_;
  net::DialerPtr dialer_;
  char const* whom_;
  std::shared_ptr<ConnectionShare> share_;
  boost::container::small_vector<ConnectionPtr, 1> idle_;  ///< The last used one last.
};

}  // namespace swarmward::backends
