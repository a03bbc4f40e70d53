// Many dockerds in one process, for measuring a manager at scale.
//   fake_fleet DIR FIRST N        sockets DIR/FIRST.sock and the N-1 after it; DIR/fleet-FIRST.sock
//   tells the counters as JSON.
// Prints "ready" once all of them listen.
#include <cstdio>
#include <deque>
#include <memory>

#include <boost/asio/io_context.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <sys/resource.h>

#include "fleet/fake_engine.h"

namespace fleet {

namespace asio = boost::asio;
using Socket = asio::local::stream_protocol::socket;
using Acceptor = asio::local::stream_protocol::acceptor;
using Answer = std::function<Response(Request const&)>;

/// One client of one engine: requests in turn, or a stream of events until it hangs up.
class Connection : public std::enable_shared_from_this<Connection> {
 public:
  Connection(Socket socket, Answer answer, FakeEngine* engine)
      : socket_(std::move(socket)), answer_(std::move(answer)), engine_(engine) {}

  void read() {
    request_ = {};
    http::async_read(
        socket_, buffer_, request_, [self = shared_from_this()](auto const& error, std::size_t) {
          if (!error) {
            self->respond();
          }
        });
  }

 private:
  void respond() {
    auto const target = request_.target();
    if (engine_ != nullptr && target.find("/events") != target.npos) {
      stream_events();
      return;
    }
    response_ = answer_(request_);
    http::async_write(
        socket_, response_, [self = shared_from_this()](auto const& error, std::size_t) {
          if (!error) {
            self->read();
          }
        });
  }

  void stream_events() {
    send("HTTP/1.1 200 OK\r\nApi-Version: 1.44\r\nTransfer-Encoding: chunked\r\n\r\n");
    std::weak_ptr<Connection> const weak = shared_from_this();
    auto const token = engine_->listen([weak](std::string const& line) {
      if (auto const self = weak.lock()) {
        char size[20];
        std::snprintf(size, sizeof size, "%zx\r\n", line.size());
        self->send(size + line + "\r\n");
      }
    });
    // The read ends when the client does; until then it keeps the connection alive.
    socket_.async_wait(Socket::wait_read, [self = shared_from_this(), token](auto const&) {
      self->engine_->forget(token);
    });
  }

  void send(std::string bytes) {
    queue_.push_back(std::move(bytes));
    if (queue_.size() == 1) {
      write_next();
    }
  }

  void write_next() {
    asio::async_write(socket_,
                      asio::buffer(queue_.front()),
                      [self = shared_from_this()](auto const& error, std::size_t) {
                        self->queue_.pop_front();
                        if (!error && !self->queue_.empty()) {
                          self->write_next();
                        }
                      });
  }

  Socket socket_;
  Answer answer_;
  FakeEngine* engine_;
  boost::beast::flat_buffer buffer_;
  Request request_;
  Response response_;
  std::deque<std::string> queue_;
};

void accept(Acceptor& acceptor, Answer const& answer, FakeEngine* engine) {
  acceptor.async_accept([&acceptor, answer, engine](auto const& error, Socket socket) {
    if (!error) {
      std::make_shared<Connection>(std::move(socket), answer, engine)->read();
      accept(acceptor, answer, engine);
    }
  });
}

Response told(Counters const& counters) {
  Response response(http::status::ok, 11);
  response.body() = "{\"requests\":" + std::to_string(counters.requests) +
                    ",\"running\":" + std::to_string(counters.running) +
                    ",\"created\":" + std::to_string(counters.created) + "}";
  response.prepare_payload();
  return response;
}

int serve(std::string const& folder, std::size_t first, std::size_t count) {
  asio::io_context io(1);
  Counters counters;
  std::deque<FakeEngine> engines;
  std::deque<Acceptor> acceptors;
  auto const listen = [&](std::string const& name) -> Acceptor& {
    return acceptors.emplace_back(io, asio::local::stream_protocol::endpoint(folder + "/" + name));
  };
  for (std::size_t index = first; index < first + count; ++index) {
    auto& engine = engines.emplace_back(index, counters);
    accept(
        listen(std::to_string(index) + ".sock"),
        [&engine](Request const& request) { return engine.answer(request); },
        &engine);
  }
  accept(
      listen("fleet-" + std::to_string(first) + ".sock"),
      [&](Request const&) { return told(counters); },
      nullptr);
  std::puts("ready");
  std::fflush(stdout);
  io.run();
  return 0;
}

}  // namespace fleet

int main(int argc, char** argv) {
  if (argc != 4) {
    std::fputs("usage: fake_fleet DIR FIRST N\n", stderr);
    return 2;
  }
  rlimit files{};
  ::getrlimit(RLIMIT_NOFILE, &files);
  files.rlim_cur = files.rlim_max;
  ::setrlimit(RLIMIT_NOFILE, &files);
  return fleet::serve(argv[1], std::stoul(argv[2]), std::stoul(argv[3]));
}
