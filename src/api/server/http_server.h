#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <string>

#include <boost/asio/any_io_executor.hpp>

#include "api/server/http_message.h"
#include "base/net/tls_context.h"
#include "base/result.h"

namespace swarmward::api {

/// The oldest version any client may ask for. Source: engines 25 to 28.
inline constexpr ApiVersion kMinApiVersion{1, 24};
/// Offered even if the engine speaks less: docker CLI 29.0–29.2 refuses less.
inline constexpr ApiVersion kLeastOfferedApiVersion{1, 44};

struct FrontOptions {
  /// Where everything that is not ours goes.
  net::DialerPtr engine;
  std::function<EngineFacts()> engine_facts;
  /// The value of the `Swarm` header of /_ping ("inactive", "active/manager").
  std::function<std::string()> swarm_header;
  /// Calls that change something, and sessions inside containers, are logged with their caller.
  bool audit = true;
  /// How long clients of TLS listeners may stay that show no certificate, and count as one whose
  /// handshake is under way; zero: as long as they like.
  std::chrono::seconds stranger_time{0};
};

/// Who a client with these certificates (PEM, its own first) at this address is.
using JudgeClient =
    std::function<Result<ClientIdentity>(std::string const& chain, std::string const& from)>;

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

  /// The same with TLS. `judge` says who a client is, by its certificates in PEM (empty: none) and
  /// its address; an error closes the
  /// connection. `context` is asked for each connection, so that certificates may change; null turns
  /// clients away. Errors: as listen_tcp().
  Result<unsigned short> listen_tls(std::string const& host_and_port,
                                    std::function<net::TlsContext()> context,
                                    JudgeClient judge);

  /// Stops accepting; sessions go on until close_all().
  void stop_accepting();
  [[nodiscard]] std::size_t sessions() const;
  void close_all();

 private:
  class Impl;
  std::shared_ptr<Impl> impl_;
};

}  // namespace swarmward::api
