// What the fleet itself can take: creates and starts containers with the calls that a manager
// makes, spread over all engines, with no manager in between.
//   fleet_load DIR ENGINES CONTAINERS     prints containers per second
#include <chrono>
#include <cstdio>
#include <memory>
#include <vector>

#include <boost/asio/io_context.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http.hpp>
#include <sys/resource.h>

namespace {

namespace asio = boost::asio;
namespace http = boost::beast::http;
using Socket = asio::local::stream_protocol::socket;

/// One connection to one engine: create, start, look, and again, until its share is done.
class Worker : public std::enable_shared_from_this<Worker> {
 public:
  Worker(asio::io_context& io, std::string const& path, std::size_t index, std::size_t share)
      : socket_(io), index_(index), left_(share) {
    socket_.connect(asio::local::stream_protocol::endpoint(path));
  }

  void next() {
    if (left_ == 0) {
      return;
    }
    --left_;
    auto const name = "load" + std::to_string(index_) + "." + std::to_string(left_);
    send(http::verb::post,
         "/v1.44/containers/create?name=" + name,
         R"({"Image":"app:1","Labels":{"com.docker.swarm.task.id":")" + name + R"("}})",
         [this] {
           auto const at = response_.body().find("\"Id\":\"") + 6;
           id_ = response_.body().substr(at, 64);
           start();
         });
  }

 private:
  void start() {
    send(http::verb::post, "/v1.44/containers/" + id_ + "/start", "", [this] {
      send(http::verb::get, "/v1.44/containers/" + id_ + "/json", "", [this] { next(); });
    });
  }

  template <class Then>
  void send(http::verb verb, std::string const& target, std::string body, Then then) {
    request_ = {verb, target, 11};
    request_.set(http::field::host, "docker");
    request_.body() = std::move(body);
    request_.prepare_payload();
    http::async_write(
        socket_, request_, [self = shared_from_this(), then](auto const& error, std::size_t) {
          if (error) {
            return;
          }
          self->response_ = {};
          http::async_read(self->socket_,
                           self->buffer_,
                           self->response_,
                           [self, then](auto const& failed, std::size_t) {
                             if (!failed) {
                               then();
                             }
                           });
        });
  }

  Socket socket_;
  std::size_t index_;
  std::size_t left_;
  std::string id_;
  boost::beast::flat_buffer buffer_;
  http::request<http::string_body> request_;
  http::response<http::string_body> response_;
};

}  // namespace

int main(int argc, char** argv) {
  if (argc != 4) {
    std::fputs("usage: fleet_load DIR ENGINES CONTAINERS\n", stderr);
    return 2;
  }
  rlimit files{};
  ::getrlimit(RLIMIT_NOFILE, &files);
  files.rlim_cur = files.rlim_max;
  ::setrlimit(RLIMIT_NOFILE, &files);
  std::string const folder = argv[1];
  auto const engines = std::stoul(argv[2]);
  auto const containers = std::stoul(argv[3]);
  asio::io_context io(1);
  for (std::size_t index = 0; index < engines; ++index) {
    auto const share = containers / engines + (index < containers % engines ? 1 : 0);
    auto const path = folder + "/" + std::to_string(index) + ".sock";
    std::make_shared<Worker>(io, path, index, share)->next();
  }
  auto const begun = std::chrono::steady_clock::now();
  io.run();
  std::chrono::duration<double> const took = std::chrono::steady_clock::now() - begun;
  std::printf("%.0f\n", static_cast<double>(containers) / took.count());
}
