#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/buffer_body.hpp>
#include <boost/beast/http/parser.hpp>

#include "backends/docker/deadlines.h"
#include "backends/docker/http_client.h"
#include "base/net/as_result.h"

namespace swarmward::backends {

/// One connection to an engine; one exchange at a time. Only http_*.cpp include this.
class HttpConnection final : public std::enable_shared_from_this<HttpConnection>,
                             private Deadlines::Member {
 public:
  HttpConnection(asio::any_io_executor const& executor,
                 net::DialerPtr dialer,
                 char const* whom,
                 ConnectionShare::Place place);
  ~HttpConnection() { deadlines_.clear(*this); }
  HttpConnection(HttpConnection const&) = delete;
  HttpConnection& operator=(HttpConnection const&) = delete;

  asio::awaitable<Result<void>> connect(std::chrono::milliseconds timeout);
  /// It once was; whether it still is shows when it is used.
  [[nodiscard]] bool connected() const { return was_connected_; }
  /// To the connection that replaces it.
  [[nodiscard]] ConnectionShare::Place give_up_place();
  /// Sends the request and reads the head of its answer.
  asio::awaitable<Result<HttpResponse>> exchange(HttpRequest const* request);
  /// The second half of it.
  asio::awaitable<Result<HttpResponse>> read_head(HttpRequest const* request);
  /// Sends a request without `pieces` if the kernel takes it at once; otherwise the connection is
  /// of no use any more.
  bool send_at_once(HttpRequest const& request);
  /// Its whole answer, if that is there and a plain one; otherwise read_head() goes on from here.
  std::optional<HttpResponse> answer_at_once();
  /// Calls `ready` from the io loop when something can be read, or the connection has ended.
  template <class Ready>
  void when_readable(Ready ready) {
    socket_.async_wait(net::StreamSocket::wait_read,
                       [ready = std::move(ready)](auto const&) mutable { ready(); });
  }

  /// The same for a coroutine that waits.
  auto until_readable() { return socket_.async_wait(net::StreamSocket::wait_read, net::kAsResult); }

  /// The next bytes of the body; empty at its end.
  static asio::awaitable<Result<std::string>> read_piece(std::shared_ptr<HttpConnection> self);
  /// The same without a coroutine that waits: `take` is given all pieces one by one, at last an
  /// empty one or an error.
  static void listen(std::shared_ptr<HttpConnection> self,
                     std::function<void(Result<std::string>)> take);
  /// What the head said is not needed any more; the body still is, for however long.
  void serve_stream();
  /// The body has been read to its end.
  [[nodiscard]] bool complete() const { return !parser_ || parser_->is_done(); }

  /// From now on until the deadline is changed again. Zero: none.
  void set_deadline(std::chrono::milliseconds timeout);
  /// Ends a pending operation with an error.
  void close();

  /// After a whole exchange: without a deadline, and without the memory that an answer needs.
  void rest();
  /// The last exchange left it fit for the next one.
  [[nodiscard]] bool at_rest() const;
  /// And the engine has neither closed it nor said anything since.
  [[nodiscard]] bool reusable();
  /// reusable() has been asked before the exchange that is under way.
  [[nodiscard]] bool looked_at() const { return looked_at_; }
  /// The last exchange failed before a byte of the answer came, and not for lack of time.
  [[nodiscard]] bool failed_unanswered() const { return !answered_ && !timed_out_; }

 private:
  using Parser = boost::beast::http::response_parser<boost::beast::http::buffer_body>;

  void on_deadline() override;
  asio::awaitable<Result<void>> send_pieces(HttpRequest const* request);
  [[nodiscard]] std::unique_ptr<Parser> make_parser(HttpRequest const& request) const;
  boost::system::error_code take();
  Result<std::optional<std::string>> ready_piece(boost::system::error_code taken);
  boost::system::error_code parse_into(std::string* piece);
  [[nodiscard]] std::size_t next_piece();
  [[nodiscard]] Error failure(std::string_view doing, boost::system::error_code error) const;

  ConnectionShare::Place place_;  ///< Given back after the descriptor is.
  net::StreamSocket socket_;
  Deadlines& deadlines_;
  std::chrono::milliseconds timeout_{0};
  net::DialerPtr dialer_;
  char const* whom_;  ///< See HttpClient.
  boost::beast::flat_buffer buffer_;
  std::unique_ptr<Parser> parser_;  ///< Of the exchange that is under way.
  bool kept_alive_ = true;          ///< What the last exchange left of the connection.
  bool answered_ = false;
  bool timed_out_ = false;
  bool writing_ = false;    ///< What interrupts that would have the request sent twice.
  bool read_late_ = false;  ///< The deadline has been put off.
  bool closed_ = false;
  bool was_connected_ = false;
  bool looked_at_ = false;
};

}  // namespace swarmward::backends
