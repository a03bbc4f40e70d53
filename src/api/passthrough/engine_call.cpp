#include "api/passthrough/engine_call.h"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>

#include "api/passthrough/upstream.h"
#include "api/server/http_head.h"

namespace swarmward::api {

namespace {

using boost::system::error_code;
constexpr auto kToken = asio::as_tuple(asio::use_awaitable);
constexpr std::chrono::seconds kTimeout{60};

Result<EngineReply> parse_reply(std::string_view text) {
  auto const end = text.find("\r\n\r\n");
  if (end == std::string_view::npos) {
    return unavailable("the engine closed the connection without an answer");
  }
  auto head = parse_response_head(text.substr(0, end + 4), AnswerTo::Other);
  if (!head) {
    return unavailable("the engine's answer is malformed");
  }
  EngineReply reply;
  reply.status = head->status;
  head->body.feed(text.substr(end + 4), &reply.body);
  if (!head->body.done() && head->body.kind() != BodyFraming::Kind::UntilClose) {
    return unavailable("the engine's answer is cut off");
  }
  return reply;
}

}  // namespace

asio::awaitable<Result<EngineReply>> call_engine(asio::any_io_executor executor,
                                                 std::string address,
                                                 std::string method,
                                                 std::string target) {
  auto const socket = std::make_shared<Socket>(executor);
  auto error = co_await connect_upstream(socket.get(), address);
  if (error) {
    co_return unavailable("cannot reach the engine at " + address + ": " + error.message());
  }
  asio::steady_timer deadline(executor, kTimeout);
  deadline.async_wait([socket](error_code cancelled) {
    if (!cancelled) {
      socket->close(cancelled);
    }
  });
  auto const request =
      method + " " + target + " HTTP/1.1\r\nHost: docker\r\nConnection: close\r\n\r\n";
  co_await asio::async_write(*socket, asio::buffer(request), kToken);
  std::string text;
  auto got = co_await asio::async_read(*socket, asio::dynamic_buffer(text), kToken);
  if (std::get<0>(got) != asio::error::eof) {
    co_return unavailable("no answer from the engine at " + address + ": " +
                          std::get<0>(got).message());
  }
  co_return parse_reply(text);
}

}  // namespace swarmward::api
