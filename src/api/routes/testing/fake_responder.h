#pragma once

#include <string>
#include <vector>

#include "api/server/http_message.h"

namespace swarmward::api {

/// Keeps what it is told to send; the client can be made to go away.
class FakeResponder final : public Responder {
 public:
  asio::awaitable<void> send(Response response) override {
    ++sent;
    answer = std::move(response);
    co_return;
  }
  asio::awaitable<bool> begin(Response head) override {
    begun = true;
    answer = std::move(head);
    co_return true;
  }
  asio::awaitable<bool> write(std::string piece) override {
    answer.body += piece;
    co_return !gone;
  }
  asio::awaitable<void> end() override {
    ended = true;
    co_return;
  }
  [[nodiscard]] bool client_gone() const override { return gone; }
  asio::awaitable<void> wait_client_gone() override { co_return; }

  Response answer;
  int sent = 0;
  bool begun = false;
  bool ended = false;
  bool gone = false;
};

}  // namespace swarmward::api
