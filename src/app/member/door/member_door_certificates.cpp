// How a host gets its certificate: the endpoints `join` and `renew`.

#include "app/member/door/member_door.h"
#include "app/member/door/requests.h"
#include "base/log.h"
#include "cluster/admission.h"
#include "cluster/pki/join_token.h"
#include "cluster/pki/root_rotation.h"

namespace swarmward::app {

namespace {

/// A longer name is not one of a host.
constexpr std::size_t kHostnameLimit = 255;
/// Engines' own are of 36 or 59 characters; then comes the name of the host.
constexpr std::size_t kEngineIdLimit = kHostnameLimit + 100;

/// As they are once the certificate is there. Empty if the swarm is gone.
std::string roots_now(state::StateStore const& store) {
  auto const cluster = store.snapshot()->cluster;
  return cluster ? join_pem(cluster::trusted_roots(*cluster)) : std::string{};
}

}  // namespace

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
  newcomer.engine_id = text_of(*document, "EngineId").substr(0, kEngineIdLimit);
  if (auto const free = cluster::expect_free_engine(*snapshot, newcomer.engine_id); !free) {
    co_return free.error();
  }
  auto node = cluster::new_member(*snapshot->cluster, newcomer, random_);
  auto const id = node.id;
  // Managers of their own come with several managers; until then everybody joins as a worker.
  cluster::Subject subject{id, snapshot->cluster->id, model::NodeRole::Worker};
  auto const certificate =
      co_await issuer_.issue_patiently(std::move(subject), text_of(*document, "Request"));
  if (!certificate) {
    co_return certificate.error();
  }
  if (auto const issued = cluster::read_certificate(*certificate); issued) {
    node.access.fingerprint = issued->fingerprint;
  }
  // An external CA takes its time: the token may have been changed, or the swarm be gone.
  state::Change change = [node = std::move(node), token = text_of(*document, "Token")](
                             state::Draft& draft) -> Result<void> {
    auto const cluster = draft.view().cluster;
    if (!cluster) {
      return unavailable("this host manages no swarm");
    }
    if (auto const known = cluster::token_role(*cluster, token); !known) {
      return known.error();
    }
    if (auto const free = cluster::expect_free_engine(draft.view(), node.engine_id); !free) {
      return free.error();
    }
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
                       {"Roots", roots_now(store_)},
                       {"Managers", to_json(managers_of(*store_.snapshot()))}};
  co_return json_answer(reply);
}

MemberDoor::Answer MemberDoor::renew(api::Request const* request) {
  auto const call = call_of(*request);
  if (!call) {
    co_return call.error();
  }
  auto const& peer = call->peer;
  auto const& document = call->document;
  auto const snapshot = store_.snapshot();
  if (auto const allowed = cluster::may_renew(*snapshot, peer); !allowed) {
    co_return allowed.error();
  }
  // Who is told while this certificate is made is to come once more: the next root was not there.
  bool const told = to_renew_.erase(peer.node) > 0;
  cluster::Subject subject{peer.node, snapshot->cluster->id, peer.role};
  auto const certificate = co_await issuer_.issue(std::move(subject), text_of(document, "Request"));
  if (!certificate) {
    if (told) {
      to_renew_.insert(peer.node);
    }
    co_return certificate.error();
  }
  auto const issued = cluster::read_certificate(*certificate);
  if (!issued) {
    co_return issued.error();
  }
  state::Change change = [node = peer.node,
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
  room_log("cluster")->info("certificate.renewed node={}", peer.node.view());
  nlohmann::json reply{{"Certificate", *certificate}, {"Roots", roots_now(store_)}};
  co_return json_answer(reply);
}

}  // namespace swarmward::app
