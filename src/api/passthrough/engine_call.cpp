#include "api/passthrough/engine_call.h"

#include <boost/asio/read.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/write.hpp>

#include "api/server/http_head.h"
#include "base/net/as_result.h"
#include "base/net/stream_socket.h"

namespace swarmward::api {

namespace asio = boost::asio;

namespace {

using boost::system::error_code;
constexpr std::chrono::seconds kConnectTimeout{5};

std::string render(EngineRequest const& request) {
  auto text =
      request.method + " " + request.target + " HTTP/1.1\r\nHost: docker\r\nConnection: close\r\n";
  if (!request.content_type.empty()) {
    text += "Content-Type: " + request.content_type + "\r\n";
  }
  if (!request.body.empty()) {
    text += "Content-Length: " + std::to_string(request.body.size()) + "\r\n";
  }
  return text + "\r\n" + request.body;
}

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
                                                 net::DialerPtr engine,
                                                 EngineRequest request) {
  auto dialled = co_await engine->dial(executor, kConnectTimeout);
  if (!dialled) {
    co_return in_context("cannot reach the engine at " + engine->where(), dialled.error());
  }
  auto const socket = std::make_shared<net::StreamSocket>(std::move(*dialled));
  asio::steady_timer deadline(executor, request.timeout);
  deadline.async_wait([socket](error_code cancelled) {
    if (!cancelled) {
      socket->close(cancelled);
    }
  });
  auto const sent = render(request);
  co_await asio::async_write(*socket, asio::buffer(sent), net::kAsResult);
  std::string text;
  auto got = co_await asio::async_read(*socket, asio::dynamic_buffer(text), net::kAsResult);
  if (std::get<0>(got) != asio::error::eof) {
    co_return unavailable("no answer from the engine at " + engine->where() + ": " +
                          std::get<0>(got).message());
  }
  co_return parse_reply(text);
}

}  // namespace swarmward::api
