#include "app/member/door/member_door.h"

#include "api/error_response.h"
#include "app/member/door/requests.h"
#include "base/log.h"

namespace swarmward::app {

namespace asio = boost::asio;

namespace {

/// Who has no certificate yet fetches the root and joins: each a request of its own, for which it
/// waits half as long.
constexpr std::chrono::seconds kStrangerTime{30};

}  // namespace

MemberDoor::MemberDoor(asio::any_io_executor executor,
                       state::StateStore& store,
                       LivenessDriver& liveness,
                       MemberTls& tls,
                       Issuer& issuer,
                       PlanKeeper& plans,
                       Attachments& attachments,
                       QuestionBoard& board,
                       Clock const& clock,
                       RandomBytes random)
    : executor_(std::move(executor)),
      store_(store),
      liveness_(liveness),
      tls_(tls),
      issuer_(issuer),
      plans_(plans),
      attachments_(attachments),
      board_(board),
      clock_(clock),
      peers_(tls, clock),
      random_(std::move(random)) {}

Result<void> MemberDoor::listen(std::string const& address) {
  api::FrontOptions options;
  options.engine_facts = [] { return api::EngineFacts{}; };
  options.swarm_header = [] { return std::string{}; };
  options.audit = false;
  options.stranger_time = kStrangerTime;
  server_.emplace(executor_, std::move(options), *this);
  auto const judge = [this](std::string const& chain,
                            std::string const& from) -> Result<api::ClientIdentity> {
    api::ClientIdentity identity;
    identity.from = from;
    identity.chain = chain;
    if (!chain.empty()) {
      // Judged again with each request, since a connection may outlive a certificate.
      if (auto const peer = peers_.judge(chain); !peer) {
        return peer.error();
      }
    }
    return identity;
  };
  auto const listening = server_->listen_tls(
      address, [this] { return tls_.context(); }, judge);
  if (!listening) {
    server_.reset();
    return in_context("the address for other members of the swarm", listening.error());
  }
  room_log("cluster")->info("managers.listening on={}", address);
  return {};
}

void MemberDoor::close() {
  server_.reset();
}

void MemberDoor::tell_to_renew(std::vector<model::NodeId> const& nodes) {
  to_renew_.insert(nodes.begin(), nodes.end());
  peers_.forget();
}

bool MemberDoor::owns(std::string_view /*method*/,
                      std::string_view /*path*/,
                      api::ApiVersion /*version*/,
                      std::string_view /*raw_query*/) const {
  return true;
}

asio::awaitable<void> MemberDoor::handle(api::Request request, api::Responder& responder) {
  auto outcome = co_await answer(&request);
  auto response = outcome ? std::move(*outcome)
                          : api::error_response(outcome.error(), api::kLeastOfferedApiVersion);
  co_await responder.send(std::move(response));
}

MemberDoor::Answer MemberDoor::answer(api::Request const* request) {
  auto const& path = request->path;
  if (request->method == "GET" && path == "/member/ca") {
    co_return ca();
  }
  if (request->method == "POST" && path == "/member/join") {
    auto answered = co_await join(request);
    co_return answered;
  }
  if (request->method == "POST" && path == "/member/renew") {
    auto answered = co_await renew(request);
    co_return answered;
  }
  if (request->method == "POST" && path == "/member/heartbeat") {
    auto answered = co_await heartbeat(request);
    co_return answered;
  }
  if (request->method == "POST" && path == "/member/networks") {
    auto answered = co_await networks(request);
    co_return answered;
  }
  if (request->method == "POST" && path == "/member/attach") {
    auto answered = co_await attach(request);
    co_return answered;
  }
  if (request->method == "POST" && path == "/member/detach") {
    auto answered = co_await detach(request);
    co_return answered;
  }
  if (request->method == "POST" && path == "/member/answers") {
    co_return answers(*request);
  }
  if (request->method == "POST" && path == "/member/goodbye") {
    co_return goodbye(*request);
  }
  co_return not_found("page not found");
}

Result<api::Response> MemberDoor::ca() const {
  auto const snapshot = store_.snapshot();
  if (!snapshot->cluster) {
    return unavailable("this host manages no swarm");
  }
  return json_answer({{"Certificate", snapshot->cluster->tls.trust_root},
                      {"Cluster", snapshot->cluster->id.str()}});
}

Result<MemberDoor::Call> MemberDoor::call_of(api::Request const& request) {
  auto const peer = peer_of(request);
  if (!peer) {
    return peer.error();
  }
  auto document = parse_message(request.body);
  if (!document) {
    return document.error();
  }
  return Call{*peer, std::move(*document)};
}

Result<cluster::Peer> MemberDoor::peer_of(api::Request const& request) {
  if (request.client->chain.empty() || !store_.snapshot()->cluster) {
    return Error{ErrorCode::Unauthorized, "a member's certificate is needed"};
  }
  return peers_.judge(request.client->chain);
}

}  // namespace swarmward::app
