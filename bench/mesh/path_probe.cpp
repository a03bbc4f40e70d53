// The two ends of one path through a network: `path_probe serve PORT`, and `path_probe ask ADDRESS
// PORT COUNT SECONDS`. The second prints a JSON object: the median and the 99th percentile, in
// microseconds, of COUNT new connections with one request each, and the bytes a second that one
// connection brings in SECONDS.
#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <iostream>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/write.hpp>

namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using Clock = std::chrono::steady_clock;

constexpr char kOneAnswer = '1';  ///< Asks for one byte.
constexpr char kEndless = '*';    ///< Asks for bytes until the connection is closed.
constexpr std::size_t kBlock = 65536;

void answer(tcp::socket connection) {
  boost::system::error_code failure;
  char question = 0;
  asio::read(connection, asio::buffer(&question, 1), failure);
  std::vector<char> const block(question == kEndless ? kBlock : 1, 'x');
  do {
    asio::write(connection, asio::buffer(block), failure);
  } while (question == kEndless && !failure);
}

int serve(std::uint16_t port) {
  asio::io_context context;
  tcp::acceptor acceptor(context, {tcp::v4(), port});
  for (;;) {
    auto connection = acceptor.accept();
    char question = 0;
    // Few at a time, so that no thread's start is part of what is measured.
    boost::system::error_code failure;
    connection.receive(asio::buffer(&question, 1), tcp::socket::message_peek, failure);
    if (question == kEndless) {
      std::thread(answer, std::move(connection)).detach();
    } else {
      answer(std::move(connection));
    }
  }
}

tcp::socket ask(asio::io_context& context, tcp::endpoint const& server, char question) {
  tcp::socket connection(context);
  connection.connect(server);
  connection.set_option(tcp::no_delay(true));
  asio::write(connection, asio::buffer(&question, 1));
  return connection;
}

std::vector<double> latencies(asio::io_context& context, tcp::endpoint const& server, int count) {
  std::vector<double> found;
  for (int each = 0; each < count; ++each) {
    auto const begin = Clock::now();
    auto connection = ask(context, server, kOneAnswer);
    char answered = 0;
    asio::read(connection, asio::buffer(&answered, 1));
    found.push_back(std::chrono::duration<double, std::micro>(Clock::now() - begin).count());
  }
  std::sort(found.begin(), found.end());
  return found;
}

double bytes_a_second(asio::io_context& context, tcp::endpoint const& server, double seconds) {
  auto connection = ask(context, server, kEndless);
  std::vector<char> block(kBlock);
  double bytes = 0;
  auto const begin = Clock::now();
  auto const passed = [&] { return std::chrono::duration<double>(Clock::now() - begin).count(); };
  while (passed() < seconds) {
    bytes += static_cast<double>(connection.read_some(asio::buffer(block)));
  }
  return bytes / passed();
}

std::uint16_t port_of(char const* text) {
  auto const port = std::stoi(text);
  if (port < 1 || port > 65535) {
    throw std::out_of_range("no port");
  }
  return static_cast<std::uint16_t>(port);
}

}  // namespace

int main(int count, char** words) {
  std::string const mode = count > 1 ? words[1] : "";
  try {
    if (mode == "serve" && count == 3) {
      return serve(port_of(words[2]));
    }
    if (mode == "ask" && count == 6) {
      asio::io_context context;
      tcp::endpoint const server(asio::ip::make_address(words[2]), port_of(words[3]));
      auto const times = latencies(context, server, std::max(100, std::stoi(words[4])));
      std::cout << "{\"p50\": " << times[times.size() / 2]
                << ", \"p99\": " << times[times.size() * 99 / 100] << ", \"bulk\": "
                << static_cast<std::int64_t>(bytes_a_second(context, server, std::stod(words[5])))
                << "}\n";
      return 0;
    }
  } catch (std::exception const& failure) {
    std::cerr << failure.what() << '\n';
    return 1;
  }
  std::cerr << "usage: path_probe serve PORT | path_probe ask ADDRESS PORT COUNT SECONDS\n";
  return 2;
}
