#include "app/member/member_door.h"

#include <arpa/inet.h>

#include "api/error_response.h"
#include "app/member/member_documents.h"
#include "base/log.h"
#include "cluster/admission.h"
#include "cluster/pki/join_token.h"
#include "cluster/pki/root_rotation.h"

namespace swarmward::app {

namespace asio = boost::asio;

namespace {

/// A longer name is not one of a host.
constexpr std::size_t kHostnameLimit = 255;
constexpr std::size_t kJudged = 20000;
constexpr std::chrono::seconds kJudgedFor{30};

api::Response json_answer(nlohmann::json const& document) {
  api::Response response;
  // Names of hosts come from outside and may not be UTF-8.
  response.body = document.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
  return response;
}

/// The IP address of "ip:port" or "[ip]:port".
std::string ip_part(std::string const& from) {
  auto host = from.substr(0, from.rfind(':'));
  if (host.starts_with('[') && host.ends_with(']')) {
    host = host.substr(1, host.size() - 2);
  }
  // IPv4 seen by a listener for both.
  return host.starts_with("::ffff:") ? host.substr(7) : host;
}

bool is_ip(std::string const& text) {
  in6_addr buffer{};
  return ::inet_pton(AF_INET, text.c_str(), &buffer) == 1 ||
         ::inet_pton(AF_INET6, text.c_str(), &buffer) == 1;
}

/// Where a member is reached: as it says itself, else as it is seen.
std::string address_of(nlohmann::json const& document, api::Request const& request) {
  auto const told = text_of(document, "AdvertiseAddr");
  return is_ip(told) ? told : ip_part(request.client->from);
}

model::Availability availability_of(nlohmann::json const& document) {
  auto const word = text_of(document, "Availability");
  return word == "drain"   ? model::Availability::Drain
         : word == "pause" ? model::Availability::Pause
                           : model::Availability::Active;
}

}  // namespace

MemberDoor::MemberDoor(asio::any_io_executor executor,
                       state::StateStore& store,
                       LivenessDriver& liveness,
                       MemberTls& tls,
                       Clock const& clock,
                       RandomBytes random)
    : executor_(std::move(executor)),
      store_(store),
      liveness_(liveness),
      tls_(tls),
      clock_(clock),
      random_(std::move(random)) {}

Result<void> MemberDoor::listen(std::string const& address) {
  api::FrontOptions options;
  options.engine_facts = [] { return api::EngineFacts{}; };
  options.swarm_header = [] { return std::string{}; };
  options.audit = false;
  server_.emplace(executor_, std::move(options), *this);
  auto const judge = [this](std::string const& chain,
                            std::string const& from) -> Result<api::ClientIdentity> {
    api::ClientIdentity identity;
    identity.from = from;
    identity.chain = chain;
    if (!chain.empty()) {
      // Judged again with each request, since a connection may outlive a certificate.
      if (auto const peer = tls_.judge(chain); !peer) {
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
  judged_.clear();
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

Result<std::string> MemberDoor::issue(model::NodeId const& node,
                                      model::NodeRole role,
                                      std::string const& request) const {
  auto const snapshot = store_.snapshot();
  auto const signer = cluster::signer_of(*snapshot->cluster);
  if (!signer) {
    return unavailable(
        "certificates of this swarm are issued by an external CA, which this "
        "version cannot ask");
  }
  cluster::CertificateTerms const terms{{node, snapshot->cluster->id, role},
                                        clock_.now(),
                                        cluster::node_lifetime(snapshot->cluster->spec.ca)};
  return cluster::issue_certificate(*signer, request, terms, random_);
}

MemberDoor::Answer MemberDoor::join(api::Request const* request) {
  auto const document = parse_message(request->body);
  auto const snapshot = store_.snapshot();
  if (!document || !snapshot->cluster) {
    co_return document ? unavailable("this host manages no swarm") : document.error();
  }
  if (port_of(*document, "AgentPort") == 0) {
    co_return invalid_argument("AgentPort must be a port from 1 to 65535");
  }
  auto const role = cluster::token_role(*snapshot->cluster, text_of(*document, "Token"));
  if (!role) {
    room_log("cluster")->warn("join.refused from={}", request->client->from);
    co_return role.error();
  }
  cluster::Newcomer newcomer;
  newcomer.hostname = text_of(*document, "Hostname").substr(0, kHostnameLimit);
  newcomer.address = address_of(*document, *request);
  newcomer.agent_port = port_of(*document, "AgentPort");
  newcomer.availability = availability_of(*document);
  auto node = cluster::new_member(*snapshot->cluster, newcomer, random_);
  auto const id = node.id;
  // Managers of their own come with several managers; until then everybody joins as a worker.
  auto const certificate = issue(id, model::NodeRole::Worker, text_of(*document, "Request"));
  if (!certificate) {
    co_return certificate.error();
  }
  if (auto const issued = cluster::read_certificate(*certificate); issued) {
    node.access.fingerprint = issued->fingerprint;
  }
  state::Change change = [node = std::move(node)](state::Draft& draft) -> Result<void> {
    draft.put(node);
    return {};
  };
  auto const written = co_await store_.update(std::move(change));
  if (!written) {
    co_return written.error();
  }
  room_log("cluster")->info("node.joined node={} from={}", id.view(), request->client->from);
  nlohmann::json reply{{"Node", id.str()},
                       {"Cluster", snapshot->cluster->id.str()},
                       {"Certificate", *certificate},
                       {"Roots", join_pem(cluster::trusted_roots(*snapshot->cluster))},
                       {"Managers", to_json(managers_of(*snapshot))}};
  co_return json_answer(reply);
}

Result<cluster::Peer> MemberDoor::peer_of(api::Request const& request) {
  if (request.client->chain.empty() || !store_.snapshot()->cluster) {
    return Error{ErrorCode::Unauthorized, "a member's certificate is needed"};
  }
  // Members come twice a second, and a signature is dear to check.
  auto const now = clock_.now();
  auto const& chain = request.client->chain;
  if (auto const known = judged_.find(chain); known != judged_.end() && known->second.until > now) {
    return known->second.peer;
  }
  auto const peer = tls_.judge(chain);
  if (peer && !peer->expired) {
    if (judged_.size() >= kJudged) {
      judged_.clear();
    }
    judged_.insert_or_assign(chain, Judged{*peer, now + kJudgedFor});
  }
  return peer;
}

MemberDoor::Answer MemberDoor::renew(api::Request const* request) {
  auto const peer = peer_of(*request);
  if (!peer) {
    co_return peer.error();
  }
  auto const document = parse_message(request->body);
  if (!document) {
    co_return document.error();
  }
  auto const snapshot = store_.snapshot();
  if (auto const allowed = cluster::may_renew(*snapshot, *peer); !allowed) {
    co_return allowed.error();
  }
  auto const certificate = issue(peer->node, peer->role, text_of(*document, "Request"));
  if (!certificate) {
    co_return certificate.error();
  }
  auto const issued = cluster::read_certificate(*certificate);
  if (!issued) {
    co_return issued.error();
  }
  state::Change change = [node = peer->node,
                          key = issued->fingerprint](state::Draft& draft) -> Result<void> {
    if (auto const known = draft.view().find_node(node)) {
      auto changed = *known;
      changed.access.fingerprint = key;
      draft.put(std::move(changed));
    }
    return {};
  };
  auto const written = co_await store_.update(std::move(change));
  if (!written) {
    co_return written.error();
  }
  to_renew_.erase(peer->node);
  room_log("cluster")->info("certificate.renewed node={}", peer->node.view());
  nlohmann::json reply{{"Certificate", *certificate},
                       {"Roots", join_pem(cluster::trusted_roots(*snapshot->cluster))}};
  co_return json_answer(reply);
}

MemberDoor::Answer MemberDoor::heartbeat(api::Request const* request) {
  auto const peer = peer_of(*request);
  if (!peer) {
    co_return peer.error();
  }
  auto const document = parse_message(request->body);
  if (!document) {
    co_return document.error();
  }
  if (peer->expired) {
    co_return Error{ErrorCode::Unauthorized, "the certificate has expired: renew it"};
  }
  if (port_of(*document, "AgentPort") == 0) {
    co_return invalid_argument("AgentPort must be a port from 1 to 65535");
  }
  auto const snapshot = store_.snapshot();
  cluster::MemberReport const report{address_of(*document, *request),
                                     port_of(*document, "AgentPort")};
  auto const changed = cluster::take_report(*snapshot, *peer, report);
  if (!changed) {
    co_return changed.error();
  }
  if (*changed) {
    state::Change change = [peer = *peer, report](state::Draft& draft) -> Result<void> {
      auto node = cluster::take_report(draft.view(), peer, report);
      if (node && *node) {
        draft.put(std::move(**node));
      }
      return {};
    };
    auto const written = co_await store_.update(std::move(change));
    if (!written) {
      co_return written.error();
    }
  }
  liveness_.beat(peer->node);
  auto const period = cluster::beat_period(snapshot->cluster->spec.heartbeat_period);
  auto const roots = join_pem(cluster::trusted_roots(*snapshot->cluster));
  nlohmann::json reply{
      {"PeriodMs", std::chrono::duration_cast<std::chrono::milliseconds>(period).count()},
      {"Managers", to_json(managers_of(*snapshot))},
      {"Addr", report.address},
      {"Renew", to_renew_.contains(peer->node)}};
  if (text_of(*document, "Roots") != std::to_string(std::hash<std::string>{}(roots))) {
    reply["Roots"] = roots;
  }
  co_return json_answer(reply);
}

Result<api::Response> MemberDoor::goodbye(api::Request const& request) {
  auto const peer = peer_of(request);
  if (!peer) {
    return peer.error();
  }
  auto const document = parse_message(request.body);
  bool const left = document && text_of(*document, "Reason") == "leave";
  liveness_.farewell(peer->node, left ? cluster::Farewell::Left : cluster::Farewell::Stopped);
  return json_answer(nlohmann::json::object());
}

}  // namespace swarmward::app
