#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ip/udp.hpp>

namespace swarmward::mesh::dns {

/// A server that tests let be asked, over UDP and TCP. Runs on the thread of the io_context and
/// must outlive its work.
class FakeDnsServer {
 public:
  /// Gives the replies to a query, which may be none. Called for each query.
  using Script = std::function<std::vector<std::string>(std::string const& query)>;

  FakeDnsServer(boost::asio::io_context& io, std::string const& address, std::uint16_t port);

  void set_script(Script script) { script_ = std::move(script); }
  [[nodiscard]] std::uint16_t port() const { return datagrams_.local_endpoint().port(); }
  /// All that were asked, over both transports.
  [[nodiscard]] std::vector<std::string> const& queries() const { return queries_; }
  /// From which ports, over UDP.
  [[nodiscard]] std::vector<std::uint16_t> const& client_ports() const { return client_ports_; }

 private:
  void receive();
  void accept();
  static boost::asio::awaitable<void> answer_connection(FakeDnsServer* self,
                                                        boost::asio::ip::tcp::socket socket);

  boost::asio::ip::udp::socket datagrams_;
  boost::asio::ip::tcp::acceptor connections_;
  boost::asio::ip::udp::endpoint client_;
  std::string buffer_;
  Script script_;
  std::vector<std::string> queries_;
  std::vector<std::uint16_t> client_ports_;
};

}  // namespace swarmward::mesh::dns
