#pragma once

#include <functional>
#include <memory>
#include <string>

#include <boost/asio/any_io_executor.hpp>

#include "api/server/http_message.h"
#include "base/result.h"

namespace swarmward::api {

/// The oldest version any client may ask for. Source: engines 25 to 28.
inline constexpr ApiVersion kMinApiVersion{1, 24};
/// Offered even if the engine speaks less: docker CLI 29.0–29.2 refuses less.
inline constexpr ApiVersion kLeastOfferedApiVersion{1, 44};

/// What is known of the engine behind the front; asked anew for each request.
struct EngineFacts {
  ApiVersion version{1, 41};   ///< The newest the engine speaks.
  std::string server_version;  ///< "20.10.24+dfsg1", for the Server header.
};

struct FrontOptions {
  /// Where everything that is not ours goes: "unix:///var/run/docker.sock" or "tcp://host:port".
  std::string engine_address;
  std::function<EngineFacts()> engine_facts;
  /// The value of the `Swarm` header of /_ping ("inactive", "active/manager").
  std::function<std::string()> swarm_header;
};

/// The front end: parses heads, answers what `handler` owns, relays everything else byte for byte
/// to the engine (hijack, half-close and chunked bodies included). One thread: that of `executor`.
class HttpServer {
 public:
  HttpServer(asio::any_io_executor executor, FrontOptions options, RequestHandler& handler);
  ~HttpServer();
  HttpServer(HttpServer const&) = delete;
  HttpServer& operator=(HttpServer const&) = delete;

  /// Starts listening. The socket file gets `mode` 0660 and group docker, if there is one. A file
  /// nobody listens on is replaced. Errors: Conflict (another process listens there), Forbidden.
  Result<void> listen_unix(std::string const& path);
  /// host:port; port 0 picks one. Returns the port. Errors: Conflict, InvalidArgument, Forbidden.
  Result<unsigned short> listen_tcp(std::string const& host_and_port);

  /// Stops accepting; sessions go on until close_all().
  void stop_accepting();
  [[nodiscard]] std::size_t sessions() const;
  void close_all();

 private:
  class Impl;
  std::shared_ptr<Impl> impl_;
};

}  // namespace swarmward::api
