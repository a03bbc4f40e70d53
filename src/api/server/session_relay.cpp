#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "api/server/session.h"
#include "api/server/transfer.h"
#include "base/log.h"

namespace swarmward::api {

namespace {

constexpr std::chrono::seconds kRelayConnectTimeout{5};

/// Whether a 200 without framing would be a raw stream both ways.
bool may_hijack(std::string_view method, std::string_view path, bool upgrade) {
  if (upgrade) {
    return true;
  }
  bool const attach = path.starts_with("/containers/") && path.ends_with("/attach");
  bool const exec = path.starts_with("/exec/") && path.ends_with("/start");
  return method == "POST" && (attach || exec);
}

}  // namespace

asio::awaitable<Session::Go> Session::relay_shaped(Incoming* request, Shaping shaping) {
  std::string body;
  auto const complete = co_await read_body(request, &body);
  if (!complete) {
    co_return Go::Close;
  }
  body = shaping == Shaping::CheckDuplicate ? with_check_duplicate(std::move(body))
                                            : with_mac_address(std::move(body));
  request->text = replace_length(request->text, body.size());
  request->head.body = BodyFraming(BodyFraming::Kind::Length, body.size());
  // What follows in the buffer is the next request.
  client_in_.insert(0, body);
  auto const go = co_await relay_request(request);
  co_return go;
}

asio::awaitable<Result<void>> Session::connect_engine(net::DialerPtr dialer) {
  boost::system::error_code ignored;
  if (engine_running_ && engine_place_ != dialer) {
    // Another engine than for the request before.
    co_await engine_is_silent();
    engine_.close(ignored);
    while (engine_running_) {
      co_await wait_change();
    }
  }
  if (engine_running_) {
    co_return Result<void>{};
  }
  engine_.close(ignored);
  auto dialled = co_await dialer->dial(client_.get_executor(), kRelayConnectTimeout);
  if (!dialled) {
    co_return in_context("cannot reach the engine at " + dialer->where(), dialled.error());
  }
  if (closing_) {
    co_return unavailable("the connection is being closed");
  }
  engine_ = std::move(*dialled);
  engine_place_ = std::move(dialer);
  engine_in_.clear();
  engine_running_ = true;
  auto self = shared_from_this();
  asio::co_spawn(
      client_.get_executor(), [self] { return self->relay_answers(); }, asio::detached);
  co_return Result<void>{};
}

asio::awaitable<Session::Go> Session::relay_request(Incoming* request) {
  auto dialer = request->upstream ? request->upstream->dialer : context_->options.engine;
  auto const connected = co_await connect_engine(std::move(dialer));
  if (!connected) {
    auto answer = error_answer(503, connected.error().message);
    auto const go = co_await refuse(request, std::move(answer));
    co_return go;
  }
  auto const& target = request->target;
  Relayed relayed;
  relayed.head = request->head.method == "HEAD";
  relayed.ping = target.path == "/_ping";
  relayed.may_hijack = may_hijack(request->head.method, target.path, request->head.upgrade);
  relayed.keep_alive = request->head.keep_alive;
  relayed.offered = offered_version(request->facts);
  if (context_->options.audit && is_audited(request->head.method, target.path)) {
    relayed.audit = AuditEntry{identity_, request->head.method, target.raw_path};
  }
  bool const hijack = relayed.may_hijack;
  if (hijack) {
    // Its verdict must not be mistaken for that of a request before it.
    co_await engine_is_silent();
    verdict_ = Verdict::Undecided;
  }
  auto head = std::move(request->text);
  if (target.version && *target.version > request->facts.version) {
    head = replace_target(head, render_target(target, request->facts.version));
  }
  relayed_.push_back(relayed);
  auto const sent = co_await transfer_message(
      &client_, &client_in_, std::move(head), request->head.body, &engine_);
  if (!sent) {
    co_return Go::Close;
  }
  if (!hijack) {
    co_return Go::On;
  }
  auto const go = co_await follow_hijack();
  co_return go;
}

asio::awaitable<Session::Go> Session::follow_hijack() {
  while (verdict_ == Verdict::Undecided && engine_running_) {
    co_await wait_change();
  }
  if (verdict_ != Verdict::Hijacked) {
    co_return Go::On;
  }
  co_await transfer_all(&client_, &client_in_, &engine_);
  co_return Go::Close;
}

std::string Session::edited_answer(std::string head, Relayed const& relayed) const {
  head = replace_header(std::move(head), "Api-Version", to_string(relayed.offered));
  if (relayed.ping) {
    head = set_header(std::move(head), "Swarm", context_->options.swarm_header());
  }
  return head;
}

asio::awaitable<void> Session::relay_answers() {
  auto self = shared_from_this();
  bool more = true;
  try {
    while (more) {
      auto head = co_await read_head_from(&engine_, &engine_in_);
      if (head.error || relayed_.empty()) {
        break;
      }
      auto text = engine_in_.substr(0, head.length);
      engine_in_.erase(0, head.length);
      more = co_await relay_answer(std::move(text));
    }
  } catch (std::exception const& error) {
    room_log("api")->error("relay.failed error=\"{}\"", error.what());
    more = false;
  }
  co_await end_of_engine();
}

/// One head and its body. False if nothing can follow on this connection.
asio::awaitable<bool> Session::relay_answer(std::string head_text) {
  auto const relayed = relayed_.front();
  auto const head = parse_response_head(head_text, relayed.head ? AnswerTo::Head : AnswerTo::Other);
  if (!head) {
    co_return false;
  }
  if (relayed.audit && (head->status == 101 || head->status >= 200)) {
    audit(*relayed.audit, head->status);
  }
  bool const raw = head->status == 200 && relayed.may_hijack && !head->framed;
  if (head->status == 101 || raw) {
    auto const sent = co_await write_text(&client_, std::move(head_text));
    if (!sent) {
      co_return false;
    }
    verdict_ = Verdict::Hijacked;
    notify();
    co_await transfer_all(&engine_, &engine_in_, &client_);
    co_return false;
  }
  auto edited = edited_answer(std::move(head_text), relayed);
  auto const complete =
      co_await transfer_message(&engine_, &engine_in_, std::move(edited), head->body, &client_);
  if (!complete) {
    co_return false;
  }
  if (head->status < 200) {
    co_return true;  // The real answer follows.
  }
  bool const last = !relayed.keep_alive || !head->keep_alive ||
                    head->body.kind() == BodyFraming::Kind::UntilClose;
  closing_ = closing_ || last;
  verdict_ = relayed.may_hijack ? Verdict::Ordinary : verdict_;
  relayed_.pop_front();
  notify();
  co_return !last;
}

/// An engine that goes away between requests is connected anew for the next one; in the middle of
/// one the client must see the end.
asio::awaitable<void> Session::end_of_engine() {
  bool const idle = relayed_.empty() && !closing_;
  boost::system::error_code ignored;
  engine_.close(ignored);
  if (!idle) {
    closing_ = true;
    relayed_.clear();
    client_.shutdown(Socket::shutdown_send, ignored);
  }
  engine_running_ = false;
  notify();
  if (idle) {
    co_return;
  }
  // serve() may wait for a client that has nothing more to say.
  if (!client_.is_open()) {
    co_return;
  }
  grace_.expires_after(std::chrono::seconds(2));
  co_await grace_.async_wait(asio::as_tuple(asio::use_awaitable));
  client_.close(ignored);
}

}  // namespace swarmward::api
