#include "mesh/dns/testing/fake_dns_server.h"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>

#include "mesh/dns/message.h"
#include "mesh/dns/tcp_message.h"
#include "mesh/dns/testing/messages.h"

namespace swarmward::mesh::dns {

namespace asio = boost::asio;
using asio::ip::tcp;
using asio::ip::udp;
using boost::system::error_code;

FakeDnsServer::FakeDnsServer(asio::io_context& io, std::string const& address, std::uint16_t port)
    : datagrams_(io, udp::endpoint(asio::ip::make_address(address), port)),
      connections_(
          io, tcp::endpoint(asio::ip::make_address(address), datagrams_.local_endpoint().port())),
      buffer_(65536, '\0') {
  set_script(
      [](std::string const& query) { return std::vector{response_bytes(query, "192.0.2.1")}; });
  receive();
  accept();
}

void FakeDnsServer::receive() {
  datagrams_.async_receive_from(
      asio::buffer(buffer_), client_, [this](error_code error, std::size_t size) {
        if (error) {
          return;
        }
        queries_.push_back(buffer_.substr(0, size));
        client_ports_.push_back(client_.port());
        for (auto const& reply : script_(std::string(queries_.back()))) {
          datagrams_.send_to(asio::buffer(reply), client_);
        }
        receive();
      });
}

void FakeDnsServer::accept() {
  connections_.async_accept([this](error_code error, tcp::socket socket) {
    if (error) {
      return;
    }
    asio::co_spawn(
        connections_.get_executor(), answer_connection(this, std::move(socket)), asio::detached);
    accept();
  });
}

asio::awaitable<void> FakeDnsServer::answer_connection(FakeDnsServer* self, tcp::socket socket) {
  auto const query = co_await read_message(&socket, kLargestTcpBytes);
  if (!query) {
    co_return;
  }
  self->queries_.push_back(*query);
  auto const replies = self->script_(*query);
  for (auto const& reply : replies) {
    bool const written = co_await write_message(&socket, reply);
    static_cast<void>(written);
  }
  if (replies.empty()) {
    // Keeps the client waiting until it goes.
    auto const more = co_await read_message(&socket, kLargestTcpBytes);
    static_cast<void>(more);
  }
}

}  // namespace swarmward::mesh::dns
