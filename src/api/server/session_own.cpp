// What this daemon answers itself.

#include "api/error_response.h"
#include "api/passthrough/volume_prune.h"
#include "api/server/responder.h"
#include "api/server/session.h"
#include "api/server/transfer.h"
#include "base/log.h"
#include "base/net/stream_pieces.h"

namespace swarmward::api {

namespace {

constexpr std::size_t kBodyLimit = 16 << 20;

}  // namespace

/// Own answers wait until those of the engine have been written.
asio::awaitable<void> Session::engine_is_silent() {
  while (!relayed_.empty() && !closing_) {
    co_await wait_change();
  }
}

asio::awaitable<Session::Go> Session::reject_garbage(unsigned status) {
  co_await engine_is_silent();
  // As Go's server words it.
  std::string const text =
      status == 431 ? "431 Request Header Fields Too Large" : "400 Bad Request";
  co_await write_text(
      &client_,
      "HTTP/1.1 " + text +
          "\r\nContent-Type: text/plain; charset=utf-8\r\nConnection: close\r\n\r\n" + text);
  co_return Go::Close;
}

AnswerContext Session::answer_context(Incoming const& request) const {
  AnswerContext context;
  context.offered = offered_version(request.facts);
  context.server_version = request.facts.server_version;
  context.date = http_date(std::time(nullptr));
  context.http11 = request.head.http11;
  context.keep_alive = request.head.keep_alive;
  context.head_request = request.head.method == "HEAD";
  return context;
}

asio::awaitable<Session::Go> Session::refuse(Incoming* request, Response response) {
  co_await engine_is_silent();
  auto answer = answer_context(*request);
  // Skipping an unread body costs more than a new connection.
  answer.keep_alive = answer.keep_alive && request->head.body.done();
  answer.experimental_header = response.status != 400;
  if (context_->options.audit && is_audited(request->head.method, request->target.path)) {
    audit({identity_, request->head.method, request->target.raw_path}, response.status);
  }
  auto text = render_answer(answer, std::move(response));
  auto const sent = co_await write_text(&client_, std::move(text));
  co_return sent&& answer.keep_alive ? Go::On : Go::Close;
}

/// False if the client broke off; the answer 413 or 400 has been sent where one is due.
asio::awaitable<bool> Session::read_body(Incoming* request, std::string* body) {
  auto framing = request->head.body;
  if (framing.done()) {
    co_return true;
  }
  if (request->head.expects_continue && client_in_.empty()) {
    co_await engine_is_silent();
    co_await write_text(&client_, "HTTP/1.1 100 Continue\r\n\r\n");
  }
  for (;;) {
    client_in_.erase(0, framing.feed(client_in_, body));
    auto const too_large =
        body->size() > kBodyLimit ||
        (framing.kind() == BodyFraming::Kind::Length && body->size() + framing.left() > kBodyLimit);
    if (too_large || framing.failed()) {
      auto refusal = too_large ? error_answer(413, "request body too large")
                               : error_answer(400, "malformed chunked encoding");
      co_await refuse(request, std::move(refusal));
      co_return false;
    }
    if (framing.done()) {
      co_return true;
    }
    auto const got = co_await net::read_piece(&client_);
    if (got == 0) {
      co_return false;
    }
    client_in_.append(net::scratch().data(), got);
  }
}

asio::awaitable<Session::Go> Session::handle_own(Incoming* request) {
  Request own;
  auto const complete = co_await read_body(request, &own.body);
  if (!complete) {
    co_return Go::Close;
  }
  own.method = request->head.method;
  own.path = request->target.path;
  own.version = request->version;
  own.query = parse_query(request->target.raw_query);
  own.headers = std::move(request->head.headers);
  own.client = identity_;
  co_await engine_is_silent();
  if (closing_) {
    co_return Go::Close;  // Whoever answers here may be gone.
  }
  auto const responder =
      std::make_shared<ClientResponder>(&client_, &client_in_, answer_context(*request));
  std::string failure;
  try {
    co_await context_->handler->handle(std::move(own), *responder);
  } catch (std::exception const& error) {
    failure = error.what();
  }
  if (!failure.empty()) {
    room_log("api")->error("request.failed path={} error=\"{}\"", request->target.path, failure);
    auto answer = error_answer(500, failure);
    co_await responder->send(std::move(answer));
  }
  if (context_->options.audit && is_audited(request->head.method, request->target.path)) {
    audit({identity_, request->head.method, request->target.raw_path}, responder->status());
  }
  auto const usable = co_await responder->finish();
  co_return usable ? Go::On : Go::Close;
}

asio::awaitable<Session::Go> Session::prune(Incoming* request) {
  std::string body;
  auto const complete = co_await read_body(request, &body);
  if (!complete) {
    co_return Go::Close;
  }
  request->head.body = BodyFraming{};
  auto answer = co_await prune_volumes(
      client_.get_executor(),
      request->upstream ? request->upstream->dialer : context_->options.engine,
      request->facts.version,
      request->target.raw_query);
  auto const go = co_await refuse(request, std::move(answer));
  co_return go;
}

}  // namespace swarmward::api
