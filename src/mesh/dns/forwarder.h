#pragma once

#include <chrono>
#include <functional>
#include <list>
#include <memory>
#include <string>
#include <vector>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/address.hpp>

#include "mesh/dns/responder.h"

namespace swarmward::mesh::dns {

namespace asio = boost::asio;

/// Which servers are asked, and how patiently.
struct ForwardOptions {
  /// The servers of the moment, best first; may be empty. Must not block.
  std::function<std::vector<asio::ip::address>()> servers;
  std::uint16_t port = 53;
  /// For one server, then the next is asked.
  std::chrono::milliseconds patience{2000};
  /// More queries than this drop the oldest one, so that silent servers cannot hold all memory.
  std::size_t in_flight = 256;
};

/// Asks other servers, over the transport that the client used, each time from a new socket (so
/// from a random port) and under a random id. Sockets are opened in the namespace of the thread
/// that runs the executor. All calls on one strand, which is that executor.
class Forwarder {
 public:
  Forwarder(asio::any_io_executor executor, ForwardOptions options);
  ~Forwarder();
  Forwarder(Forwarder const&) = delete;
  Forwarder& operator=(Forwarder const&) = delete;

  /// The answer of the first server that has one, ready for the client; else the first refusal
  /// (SERVFAIL, NOTIMP, REFUSED); else SERVFAIL. `bytes` is the message that the query was read
  /// from. The forwarder must outlive the call.
  [[nodiscard]] asio::awaitable<std::string> ask(Query query,
                                                 std::string bytes,
                                                 Transport transport);

  /// Ends all that is in flight; every client gets SERVFAIL.
  void drop_all();

  [[nodiscard]] std::size_t in_flight() const { return exchanges_.size(); }

 private:
  struct Exchange;
  using ExchangePtr = std::shared_ptr<Exchange>;

  ExchangePtr start();
  asio::awaitable<std::string> ask_each(ExchangePtr exchange,
                                        Query const* query,
                                        std::string const* bytes,
                                        Transport transport);

  asio::any_io_executor executor_;
  ForwardOptions options_;
  std::list<ExchangePtr> exchanges_;  ///< Oldest first.
};

}  // namespace swarmward::mesh::dns
