#include "mesh/apply/tcp_relay.h"

#include <future>
#include <map>
#include <string>
#include <thread>
#include <utility>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/use_future.hpp>

#include "base/net/accept_loop.h"
#include "base/net/stream_pieces.h"

namespace swarmward::mesh {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;

/// The two ends of one connection; both directions share them.
struct Ends {
  net::StreamSocket client;
  net::StreamSocket upstream;
};

/// One direction, to its end, which the other side is then told of.
asio::awaitable<void> carry(std::shared_ptr<Ends> ends,
                            net::StreamSocket* from,
                            net::StreamSocket* to) {
  bool open = true;
  while (open) {
    auto const size = co_await net::read_piece(from);
    if (size == 0) {
      break;
    }
    std::string bytes(net::scratch().data(), size);
    open = co_await net::write_all(to, std::move(bytes));
  }
  boost::system::error_code ignored;
  to->shutdown(asio::socket_base::shutdown_send, ignored);
  // The ends live until here, whichever direction ends last.
  ends.reset();
}

asio::awaitable<void> relay(tcp::socket client, tcp::endpoint to) {
  auto const executor = client.get_executor();
  tcp::socket upstream(executor);
  auto const token = asio::as_tuple(asio::use_awaitable);
  auto const connected = co_await upstream.async_connect(to, token);
  if (std::get<0>(connected)) {
    co_return;
  }
  auto ends = std::make_shared<Ends>(
      Ends{net::StreamSocket(std::move(client)), net::StreamSocket(std::move(upstream))});
  asio::co_spawn(executor, carry(ends, &ends->client, &ends->upstream), asio::detached);
  asio::co_spawn(executor, carry(ends, &ends->upstream, &ends->client), asio::detached);
}

}  // namespace

struct TcpRelay::Worker {
  explicit Worker(Address address) : to(asio::ip::address_v4(address.value)) {}

  void serve(std::uint16_t port, int listener) {
    auto acceptor = std::make_shared<tcp::acceptor>(context, tcp::v6(), listener);
    acceptors[port] = acceptor;
    auto accepted = [this, port](tcp::socket client) {
      asio::co_spawn(context, relay(std::move(client), tcp::endpoint(to, port)), asio::detached);
    };
    net::AcceptHandlers<tcp::socket> handlers{.accepted = std::move(accepted), .failed = {}};
    asio::co_spawn(
        context, net::accept_loop(std::move(acceptor), std::move(handlers)), asio::detached);
  }

  void stop(std::uint16_t port) {
    if (auto const found = acceptors.find(port); found != acceptors.end()) {
      boost::system::error_code ignored;
      found->second->close(ignored);
      acceptors.erase(found);
    }
  }

  asio::ip::address_v4 to;
  asio::io_context context{1};
  asio::executor_work_guard<asio::io_context::executor_type> work{context.get_executor()};
  std::map<std::uint16_t, std::shared_ptr<tcp::acceptor>> acceptors;  ///< Its own thread only.
  std::thread thread;
};

TcpRelay::TcpRelay(NetNamespace const& host, Address to) : worker_(std::make_unique<Worker>(to)) {
  worker_->thread = std::thread([worker = worker_.get(), &host] {
    auto const ran = host.run([worker]() -> Result<void> {
      worker->context.run();
      return {};
    });
    if (!ran) {
      // Without the namespace nothing can be carried on; whoever waits for a call must not hang.
      worker->context.run();
    }
  });
}

TcpRelay::~TcpRelay() {
  worker_->context.stop();
  worker_->thread.join();
}

void TcpRelay::serve(std::uint16_t port, int listener) {
  asio::post(worker_->context, asio::use_future([worker = worker_.get(), port, listener] {
               worker->serve(port, listener);
             }))
      .wait();
}

void TcpRelay::stop(std::uint16_t port) {
  asio::post(worker_->context,
             asio::use_future([worker = worker_.get(), port] { worker->stop(port); }))
      .wait();
}

}  // namespace swarmward::mesh
