#include "api/server/session.h"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>

#include "api/error_response.h"
#include "api/server/node_engine.h"
#include "api/server/transfer.h"
#include "base/log.h"
#include "base/net/as_result.h"

namespace swarmward::api {

Session::Session(Socket client,
                 std::shared_ptr<ServerContext> context,
                 std::shared_ptr<ClientIdentity const> identity,
                 std::shared_ptr<void const> seat)
    : client_(std::move(client)),
      engine_(client_.get_executor()),
      context_(std::move(context)),
      identity_(std::move(identity)),
      seat_(std::move(seat)),
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
  co_await changed_.async_wait(net::kAsResult);
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
    unsigned const status = has_long_header(text) ? 431 : 400;
    auto const go = co_await reject_garbage(status);
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
  if (auto refusal = refuse_of_node(rest->path)) {
    return refusal;
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
    auto upstream = co_await context_->handler->find_upstream(request->target.path);
    if (!upstream) {
      auto answer =
          error_answer(http_status(upstream.error().code), std::move(upstream.error().message));
      auto const go = co_await refuse(request, std::move(answer));
      co_return go;
    }
    request->upstream = std::move(*upstream);
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

}  // namespace swarmward::api
