// What members tell of themselves: the endpoints `heartbeat` and `goodbye`.

#include "app/member/door/member_door.h"
#include "app/member/door/requests.h"
#include "cluster/admission.h"
#include "cluster/pki/root_rotation.h"

namespace swarmward::app {

MemberDoor::Answer MemberDoor::heartbeat(api::Request const* request) {
  auto const call = call_of(*request);
  if (!call) {
    co_return call.error();
  }
  auto const& peer = call->peer;
  auto const& document = call->document;
  if (peer.expired) {
    co_return Error{ErrorCode::Unauthorized, "the certificate has expired: renew it"};
  }
  if (port_of(document, "AgentPort") == 0) {
    co_return invalid_argument("AgentPort must be a port from 1 to 65535");
  }
  auto const snapshot = store_.snapshot();
  cluster::MemberReport const report{address_of(document, *request),
                                     port_of(document, "AgentPort")};
  auto const changed = cluster::take_report(*snapshot, peer, report);
  if (!changed) {
    co_return changed.error();
  }
  if (*changed) {
    state::Change change = [peer, report](state::Draft& draft) -> Result<void> {
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
  liveness_.beat(peer.node);
  auto const period = cluster::beat_period(snapshot->cluster->spec.heartbeat_period);
  auto const roots = join_pem(cluster::trusted_roots(*snapshot->cluster));
  nlohmann::json reply{
      {"PeriodMs", std::chrono::duration_cast<std::chrono::milliseconds>(period).count()},
      {"Managers", to_json(managers_of(*snapshot))},
      {"Addr", report.address},
      {"Renew", to_renew_.contains(peer.node)}};
  if (text_of(document, "Roots") != std::to_string(std::hash<std::string>{}(roots))) {
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
