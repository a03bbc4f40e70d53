#include "base/net/tcp_listener.h"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>

namespace swarmward::net {

namespace {

using boost::system::error_code;

Error refused(error_code error) {
  auto const code = error == asio::error::address_in_use  ? ErrorCode::Conflict
                    : error == asio::error::access_denied ? ErrorCode::Forbidden
                                                          : ErrorCode::InvalidArgument;
  return {code, error.message()};
}

void tune_accepted(TcpListener::Socket& socket) {
  error_code ignored;
  socket.set_option(asio::ip::tcp::no_delay(true), ignored);
  socket.set_option(asio::socket_base::keep_alive(true), ignored);
}

}  // namespace

TcpListener::TcpListener(std::shared_ptr<Acceptor> acceptor)
    : acceptor_(std::move(acceptor)), port_(acceptor_->local_endpoint().port()) {}

Result<TcpListener> TcpListener::open(asio::any_io_executor const& executor,
                                      asio::ip::tcp::endpoint const& endpoint) {
  error_code error;
  auto acceptor = std::make_shared<Acceptor>(executor);
  acceptor->open(endpoint.protocol(), error);
  if (!error) {
    acceptor->set_option(asio::socket_base::reuse_address(true), error);
    acceptor->bind(endpoint, error);
  }
  if (!error) {
    acceptor->listen(asio::socket_base::max_listen_connections, error);
  }
  if (error) {
    return refused(error);
  }
  return TcpListener(std::move(acceptor));
}

void TcpListener::start(AcceptHandlers<Socket> handlers) {
  auto tuned = [hand_on = std::move(handlers.accepted)](Socket socket) {
    tune_accepted(socket);
    hand_on(std::move(socket));
  };
  handlers.accepted = std::move(tuned);
  asio::co_spawn(
      acceptor_->get_executor(), accept_loop(acceptor_, std::move(handlers)), asio::detached);
}

void TcpListener::close() {
  if (acceptor_) {
    error_code ignored;
    acceptor_->close(ignored);
  }
}

}  // namespace swarmward::net
