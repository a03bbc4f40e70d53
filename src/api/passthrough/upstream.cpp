#include "api/passthrough/upstream.h"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <sys/un.h>

namespace swarmward::api {

namespace {

using boost::system::error_code;
using Endpoint = asio::generic::stream_protocol::endpoint;
constexpr auto kToken = asio::as_tuple(asio::use_awaitable);
constexpr std::chrono::seconds kTimeout{5};
/// A unix socket whose backlog is full refuses instead of waiting.
constexpr std::chrono::milliseconds kBacklogPause{20};
constexpr unsigned kBacklogAttempts = 250;

asio::awaitable<error_code> connect_unix(Socket* socket, std::string path) {
  if (path.size() >= sizeof(sockaddr_un::sun_path)) {
    co_return asio::error::invalid_argument;
  }
  Endpoint const endpoint(asio::local::stream_protocol::endpoint{path});
  asio::steady_timer pause(socket->get_executor());
  for (unsigned attempt = 0;; ++attempt) {
    auto [error] = co_await socket->async_connect(endpoint, kToken);
    if (error != asio::error::try_again || attempt == kBacklogAttempts) {
      co_return error;
    }
    socket->close(error);
    pause.expires_after(kBacklogPause);
    co_await pause.async_wait(kToken);
  }
}

asio::awaitable<error_code> connect_tcp(Socket* socket, std::string host, std::string port) {
  asio::ip::tcp::resolver resolver(socket->get_executor());
  asio::steady_timer deadline(socket->get_executor(), kTimeout);
  auto const expired = std::make_shared<bool>(false);
  deadline.async_wait([=, &resolver](error_code error) {
    // Destroying the timer cancels the wait: then neither is there any more.
    if (!error) {
      *expired = true;
      resolver.cancel();
      socket->close(error);
    }
  });
  auto resolved = co_await resolver.async_resolve(host, port, kToken);
  auto error = std::get<0>(resolved);
  for (auto const& entry : std::get<1>(resolved)) {
    if (*expired) {
      break;
    }
    Endpoint const endpoint(entry.endpoint());
    error_code ignored;
    socket->close(ignored);
    auto [failed] = co_await socket->async_connect(endpoint, kToken);
    error = failed;
    if (!error) {
      socket->set_option(asio::ip::tcp::no_delay(true), ignored);
      break;
    }
  }
  co_return *expired ? error_code(asio::error::timed_out) : error;
}

}  // namespace

asio::awaitable<error_code> connect_upstream(Socket* socket, std::string address) {
  constexpr std::string_view kUnix = "unix://";
  constexpr std::string_view kTcp = "tcp://";
  error_code error = asio::error::invalid_argument;
  if (address.starts_with(kUnix)) {
    error = co_await connect_unix(socket, address.substr(kUnix.size()));
  } else if (auto const colon = address.rfind(':'); address.starts_with(kTcp) && colon > 5) {
    auto host = address.substr(kTcp.size(), colon - kTcp.size());
    if (host.starts_with('[') && host.ends_with(']')) {
      host = host.substr(1, host.size() - 2);
    }
    error = co_await connect_tcp(socket, host, address.substr(colon + 1));
  }
  if (error) {
    error_code ignored;
    socket->close(ignored);
  }
  co_return error;
}

}  // namespace swarmward::api
