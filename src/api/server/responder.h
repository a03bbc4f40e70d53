#pragma once

#include <memory>

#include <boost/asio/steady_timer.hpp>

#include "api/server/own_answer.h"
#include "base/net/stream_socket.h"

namespace swarmward::api {

using Socket = net::StreamSocket;

/// Writes the answer of a handler to the client. While the answer is made, it alone reads from the
/// client; what it reads belongs to the next request and goes to `read_ahead`.
class ClientResponder final : public Responder {
 public:
  /// `socket` and `read_ahead` outlive finish().
  ClientResponder(Socket* socket, std::string* read_ahead, AnswerContext context);

  asio::awaitable<void> send(Response response) override;
  asio::awaitable<bool> begin(Response head) override;
  asio::awaitable<bool> write(std::string piece) override;
  asio::awaitable<void> end() override;
  [[nodiscard]] bool client_gone() const override;
  asio::awaitable<void> wait_client_gone() override;

  /// The status that was sent; 0 while there is none.
  [[nodiscard]] unsigned status() const { return status_; }
  /// Completes what the handler left undone and stops reading. True if the connection may go on.
  asio::awaitable<bool> finish();

 private:
  enum class Stage { Nothing, Streaming, Done };
  struct Watch;

  asio::awaitable<bool> write_all(std::string text);
  void start_watch();
  static asio::awaitable<void> run_watch(std::shared_ptr<Watch> watch);

  Socket* socket_;
  std::string* read_ahead_;
  AnswerContext context_;
  Stage stage_ = Stage::Nothing;
  bool broken_ = false;
  unsigned status_ = 0;
  std::shared_ptr<Watch> watch_;
};

}  // namespace swarmward::api
