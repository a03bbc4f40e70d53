#include "api/server/session.h"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "api/error_response.h"
#include "api/passthrough/volume_prune.h"
#include "api/server/responder.h"
#include "api/server/transfer.h"
#include "base/log.h"

namespace swarmward::api {

namespace {

constexpr auto kToken = asio::as_tuple(asio::use_awaitable);
constexpr std::size_t kBodyLimit = 16 << 20;

}  // namespace

Session::Session(Socket client,
                 std::shared_ptr<ServerContext> context,
                 std::shared_ptr<ClientIdentity const> identity)
    : client_(std::move(client)),
      engine_(client_.get_executor()),
      context_(std::move(context)),
      identity_(std::move(identity)),
      changed_(client_.get_executor()),
      grace_(client_.get_executor()) {
  changed_.expires_at(asio::steady_timer::time_point::max());
}

Session::~Session() {
  context_->sessions.erase(this);
}

void Session::start() {
  context_->sessions.emplace(this, weak_from_this());
  auto self = shared_from_this();
  asio::co_spawn(
      client_.get_executor(), [self] { return self->serve(); }, asio::detached);
}

void Session::close() {
  closing_ = true;
  boost::system::error_code ignored;
  client_.close(ignored);
  engine_.close(ignored);
  grace_.expires_at(asio::steady_timer::time_point::min());
  notify();
}

asio::awaitable<void> Session::wait_change() {
  co_await changed_.async_wait(kToken);
}

asio::awaitable<void> Session::serve() {
  auto self = shared_from_this();
  try {
    co_await serve_requests();
  } catch (std::exception const& error) {
    room_log("api")->error("session.failed error=\"{}\"", error.what());
    close();
  }
  // The client sends no more; the engine shall see that, and still answer what it has.
  boost::system::error_code ignored;
  engine_.shutdown(Socket::shutdown_send, ignored);
  while (engine_running_) {
    co_await wait_change();
  }
  if (client_.is_open()) {
    client_.shutdown(Socket::shutdown_send, ignored);
    co_await drain(&client_);
  }
  close();
}

asio::awaitable<void> Session::serve_requests() {
  auto go = Go::On;
  while (go == Go::On && !closing_) {
    auto head = co_await read_head_from(&client_, &client_in_);
    if (head.error == asio::error::message_size) {
      go = co_await reject_garbage(431);
      break;
    }
    if (head.error) {
      break;
    }
    auto text = client_in_.substr(0, head.length);
    client_in_.erase(0, head.length);
    if (closing_) {
      break;
    }
    go = co_await serve_request(std::move(text));
  }
}

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

asio::awaitable<Session::Go> Session::serve_request(std::string text) {
  auto head = parse_request_head(text);
  auto target = head ? parse_target(head->target) : std::nullopt;
  Incoming request;
  request.facts = context_->options.engine_facts();
  if (head && head->method == "OPTIONS") {
    request.head = std::move(*head);
    Response empty;
    empty.content_type.clear();
    auto const go = co_await refuse(&request, std::move(empty));
    co_return go;
  }
  if (!head || !target) {
    auto const go = co_await reject_garbage(400);
    co_return go;
  }
  request.text = std::move(text);
  request.head = std::move(*head);
  request.target = std::move(*target);
  auto refusal = address_node(&request);
  if (refusal) {
    auto const refused = co_await refuse(&request, std::move(*refusal));
    co_return refused;
  }
  auto const go = co_await serve_known(&request);
  co_return go;
}

/// A path `/nodes/NAME/v1.41/…` asks the engine of that node; the rest of the path is the request.
std::optional<Response> Session::address_node(Incoming* request) const {
  auto const prefix = parse_node_prefix(request->target);
  if (!prefix) {
    return std::nullopt;
  }
  auto upstream = context_->handler->node_upstream(prefix->node);
  if (!upstream) {
    return error_answer(http_status(upstream.error().code), upstream.error().message);
  }
  auto rest = parse_target(prefix->rest);
  if (!rest) {
    return error_answer(400, "malformed path behind /nodes/" + prefix->node);
  }
  request->text = replace_target(request->text, prefix->rest);
  request->head.target = prefix->rest;
  request->target = std::move(*rest);
  request->upstream = std::move(*upstream);
  request->facts = request->upstream->facts;
  return std::nullopt;
}

asio::awaitable<Session::Go> Session::serve_known(Incoming* request) {
  auto const& target = request->target;
  auto const& method = request->head.method;
  auto const offered = offered_version(request->facts);
  request->version = target.version.value_or(offered);
  auto clean = cleaned_target(request->head.target);
  auto refusal = refuse_version(request->version, offered);
  if (clean) {
    Response redirect;
    redirect.status = 301;
    redirect.content_type.clear();
    redirect.headers.emplace_back("Location", std::move(*clean));
    refusal = std::move(redirect);
  }
  auto go = Go::On;
  if (refusal) {
    go = co_await refuse(request, std::move(*refusal));
  } else if (!request->upstream &&
             context_->handler->owns(method, target.path, request->version, target.raw_query)) {
    go = co_await handle_own(request);
  } else {
    go = co_await pass_on(request);
  }
  co_return go;
}

/// To the engine that the request is about.
asio::awaitable<Session::Go> Session::pass_on(Incoming* request) {
  if (!request->upstream) {
    request->upstream = context_->handler->upstream_of(request->target.path);
  }
  if (request->upstream) {
    request->facts.version = request->upstream->facts.version;
  }
  auto const shaping = find_shaping(
      request->head.method, request->target.path, request->version, request->facts.version);
  auto go = Go::On;
  if (shaping == Shaping::None) {
    go = co_await relay_request(request);
  } else if (shaping == Shaping::PruneVolumes) {
    go = co_await prune(request);
  } else {
    go = co_await relay_shaped(request, shaping);
  }
  co_return go;
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
  auto const piece = std::make_unique_for_overwrite<char[]>(65536);
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
    auto [error, got] = co_await client_.async_read_some(asio::buffer(piece.get(), 65536), kToken);
    if (error) {
      co_return false;
    }
    client_in_.append(piece.get(), got);
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
