#pragma once

#include <compare>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <boost/asio/awaitable.hpp>

#include "base/net/dialer.h"

namespace swarmward::api {

namespace asio = boost::asio;

/// An Engine API version; compared number by number (1.9 < 1.24).
struct ApiVersion {
  unsigned major = 1;
  unsigned minor = 0;
  auto operator<=>(ApiVersion const&) const = default;
};
[[nodiscard]] std::string to_string(ApiVersion version);
/// Digits and dots as `v[0-9.]+` allows them; nothing else parses.
[[nodiscard]] std::optional<ApiVersion> parse_api_version(std::string_view text);

/// What is known of the engine behind the front; asked anew for each request.
struct EngineFacts {
  ApiVersion version{1, 41};   ///< The newest the engine speaks.
  std::string server_version;  ///< "20.10.24+dfsg1", for the Server header.
};

/// An engine that requests go to.
struct Upstream {
  net::DialerPtr dialer;
  EngineFacts facts;
};

/// Who is at the other end of a connection.
struct ClientIdentity {
  std::string from;     ///< "unix uid=0 pid=12" or "10.0.0.5:4711".
  std::string subject;  ///< Common name of its certificate; empty without one.
  std::string chain;    ///< Its certificates in PEM, its own first; empty without.
};

/// A request that is answered here. The body is complete.
struct Request {
  std::string method;
  std::string path;    ///< Percent-decoded, without the version prefix: "/services/web".
  ApiVersion version;  ///< As asked for; the newest offered if the path has none.
  std::multimap<std::string, std::string> query;  ///< Percent-decoded.
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;
  std::shared_ptr<ClientIdentity const> client;  ///< Never null.

  /// The first value of that name; header names in any letter case. Empty if absent.
  [[nodiscard]] std::string header(std::string_view name) const;
  [[nodiscard]] std::string query_value(std::string const& name) const;
  [[nodiscard]] bool has_query(std::string const& name) const { return query.contains(name); }
};

struct Response {
  unsigned status = 200;
  std::string body;
  std::string content_type = "application/json";
  std::vector<std::pair<std::string, std::string>> headers;
};

/// Answers one request, either at once by send() or in pieces. Lives on the connection's thread.
class Responder {
 public:
  virtual ~Responder() = default;
  /// The whole answer. To be called at most once, and not after begin().
  virtual asio::awaitable<void> send(Response response) = 0;
  /// Sends the head at once (response.body is ignored); the body follows, chunked.
  virtual asio::awaitable<bool> begin(Response head) = 0;
  /// A piece of the body. False once the client is gone.
  virtual asio::awaitable<bool> write(std::string piece) = 0;
  virtual asio::awaitable<void> end() = 0;
  /// The client has closed the connection (known even while nothing is written).
  [[nodiscard]] virtual bool client_gone() const = 0;
  /// Returns when the client has closed its side. Cancellable.
  virtual asio::awaitable<void> wait_client_gone() = 0;
};

/// What the server asks about each request. `method` and `path` as in Request.
class RequestHandler {
 public:
  virtual ~RequestHandler() = default;
  /// True: handle() answers it here. False: it is streamed to the engine.
  [[nodiscard]] virtual bool owns(std::string_view method,
                                  std::string_view path,
                                  ApiVersion version,
                                  std::string_view raw_query) const = 0;
  /// Where a request that is not owned goes; null: to the engine of this host. May ask engines.
  /// Errors are the answer to the client.
  [[nodiscard]] virtual asio::awaitable<Result<std::shared_ptr<Upstream const>>> find_upstream(
      std::string path) const;
  /// The engine of the node that the prefix `/nodes/NAME` of a path asks for. Errors: NotFound,
  /// InvalidArgument, Unavailable.
  [[nodiscard]] virtual Result<std::shared_ptr<Upstream const>> node_upstream(
      std::string const& name) const {
    return not_found("node " + name + " not found");
  }
  /// Answers; must have called send() or end() when it returns, else the client gets a 500.
  virtual asio::awaitable<void> handle(Request request, Responder& responder) = 0;
};

}  // namespace swarmward::api
