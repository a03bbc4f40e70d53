#pragma once

#include <deque>
#include <memory>
#include <unordered_map>

#include <boost/asio/steady_timer.hpp>

#include "api/passthrough/shaping.h"
#include "api/server/audit.h"
#include "api/server/http_head.h"
#include "api/server/own_answer.h"
#include "api/server/target.h"
#include "base/net/stream_socket.h"

namespace swarmward::api {

using Socket = net::StreamSocket;

class Session;

/// What all connections of a server share.
struct ServerContext {
  FrontOptions options;
  RequestHandler* handler = nullptr;
  std::unordered_map<Session*, std::weak_ptr<Session>> sessions;
};

/// One client connection and its own connection to the engine. Two coroutines live as long as they:
/// serve() reads from the client, relay_answers() from the engine. The latter alone writes to the
/// client while requests are with the engine; serve() writes only while there are none, so answers
/// keep the order of the requests.
class Session : public std::enable_shared_from_this<Session> {
 public:
  Session(Socket client,
          std::shared_ptr<ServerContext> context,
          std::shared_ptr<ClientIdentity const> identity,
          std::shared_ptr<void const> seat = nullptr);
  ~Session();
  Session(Session const&) = delete;
  Session& operator=(Session const&) = delete;

  void start();
  void close();

 private:
  /// A request that the engine has not fully answered yet.
  struct Relayed {
    bool head = false;
    bool ping = false;
    bool may_hijack = false;
    bool keep_alive = true;
    ApiVersion offered;
    std::optional<AuditEntry> audit;
  };
  /// A request as far as it has been read: its head.
  struct Incoming {
    std::string text;  ///< The head, empty line included.
    RequestHead head;
    Target target;
    std::shared_ptr<Upstream const> upstream;  ///< Null: the engine of this host.
    EngineFacts facts;
    ApiVersion version;
  };
  enum class Verdict { Undecided, Ordinary, Hijacked };
  enum class Go { On, Close };

  // session.cpp: requests as they come from the client
  asio::awaitable<void> serve();
  asio::awaitable<void> serve_requests();
  asio::awaitable<Go> serve_request(std::string text);
  asio::awaitable<Go> serve_known(Incoming* request);
  asio::awaitable<Go> pass_on(Incoming* request);
  [[nodiscard]] std::optional<Response> address_node(Incoming* request) const;

  // session_own.cpp: what this daemon answers itself
  asio::awaitable<Go> handle_own(Incoming* request);
  asio::awaitable<Go> prune(Incoming* request);
  asio::awaitable<Go> refuse(Incoming* request, Response response);
  asio::awaitable<Go> reject_garbage(unsigned status);
  asio::awaitable<bool> read_body(Incoming* request, std::string* body);
  asio::awaitable<void> engine_is_silent();
  [[nodiscard]] AnswerContext answer_context(Incoming const& request) const;

  // session_relay.cpp: the engine's side
  asio::awaitable<Go> relay_shaped(Incoming* request, Shaping shaping);
  asio::awaitable<Go> relay_request(Incoming* request);
  asio::awaitable<Go> follow_hijack();
  asio::awaitable<Result<void>> connect_engine(net::DialerPtr dialer);
  asio::awaitable<void> relay_answers();
  asio::awaitable<bool> relay_answer(std::string head_text);
  asio::awaitable<void> end_of_engine();
  [[nodiscard]] std::string edited_answer(std::string head, Relayed const& relayed) const;

  void notify() { changed_.cancel(); }
  asio::awaitable<void> wait_change();

  Socket client_;
  Socket engine_;
  net::DialerPtr engine_place_;  ///< Where engine_ is, or was, connected to.
  std::shared_ptr<ServerContext> context_;
  std::shared_ptr<ClientIdentity const> identity_;
  std::shared_ptr<void const> seat_;  ///< Given back with the session.
  std::string client_in_;  ///< Read from the client, not yet used.
  std::string engine_in_;
  std::deque<Relayed> relayed_;
  asio::steady_timer changed_;  ///< Cancelled at each change of what the coroutines wait for.
  asio::steady_timer grace_;    ///< For the client to see the end; cancelled when it has.
  Verdict verdict_ = Verdict::Undecided;
  bool engine_running_ = false;  ///< relay_answers() runs.
  bool closing_ = false;         ///< The last answer has been sent; what still comes is dropped.
};

}  // namespace swarmward::api
