// What members tell of themselves: the endpoints `heartbeat` and `goodbye`.

#include <utility>

#include <boost/asio/post.hpp>

#include "app/member/door/member_door.h"
#include "app/member/door/requests.h"
#include "base/net/host_text.h"
#include "cluster/admission.h"
#include "cluster/pki/root_rotation.h"
#include "mesh/dns/upstreams.h"

namespace swarmward::app {

namespace {

/// What is no address is left out: engines refuse containers with such a server.
std::vector<std::string> resolvers_of(nlohmann::json const& document) {
  std::vector<std::string> found;
  auto const list = document.find("Resolvers");
  if (list == document.end() || !list->is_array()) {
    return found;
  }
  for (auto const& entry : *list) {
    boost::system::error_code error;
    auto const text = entry.is_string() ? entry.get<std::string>() : std::string();
    auto const address = boost::asio::ip::make_address(text, error);
    if (!error && found.size() < mesh::dns::kMaxNameservers) {
      found.push_back(address.to_string());
    }
  }
  return found;
}

}  // namespace

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
  auto const can_encrypt = document.find("CanEncrypt");
  auto const data_path = text_of(document, "DataPathAddr");
  cluster::MemberReport const report{address_of(document, *request),
                                     net::is_ip(data_path) ? data_path : std::string(),
                                     port_of(document, "AgentPort"),
                                     resolvers_of(document),
                                     can_encrypt != document.end() && *can_encrypt == true};
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
  heard(peer.node);
  auto const period =
      cluster::beat_period(snapshot->cluster->spec.heartbeat_period, snapshot->nodes.size());
  auto const pause = cluster::beat_pause(period, clock_.now());
  auto const roots = join_pem(cluster::trusted_roots(*snapshot->cluster));
  nlohmann::json reply{{"PeriodMs", std::chrono::ceil<std::chrono::milliseconds>(pause).count()},
                       {"Managers", to_json(managers_of(*snapshot))},
                       {"Addr", report.address},
                       {"Renew", to_renew_.contains(peer.node)}};
  if (text_of(document, "Roots") != std::to_string(std::hash<std::string>{}(roots))) {
    reply["Roots"] = roots;
  }
  for (auto const& asked : board_.take(peer.node)) {
    reply["Questions"].push_back({{"Id", asked.id}, {"Question", asked.question}});
  }
  co_return json_answer(reply);
}

/// Members speak at common moments: those of one moment cross to the state's thread together.
void MemberDoor::heard(model::NodeId const& node) {
  heard_.push_back(node);
  if (heard_.size() == 1) {
    boost::asio::post(executor_, [this] { liveness_.beat(std::exchange(heard_, {})); });
  }
}

/// Waits with the answer until there is something new for the node; an empty one says no.
MemberDoor::Answer MemberDoor::networks(api::Request const* request) {
  constexpr std::chrono::seconds kPatience{20};
  auto const call = call_of(*request);
  if (!call) {
    co_return call.error();
  }
  auto const node = call->peer.node;
  auto const mark = text_of(call->document, "Mark");
  bool const news = co_await plans_.has_news(node, mark, kPatience);
  if (!news) {
    co_return json_answer(nlohmann::json::object());
  }
  api::Response response;
  response.body = plans_.update_text(node, mark);
  co_return response;
}

Result<api::Response> MemberDoor::answers(api::Request const& request) {
  auto const call = call_of(request);
  if (!call) {
    return call.error();
  }
  auto const error = text_of(call->document, "Error");
  auto answer = error.empty() ? Result<std::string>(text_of(call->document, "Answer"))
                              : Result<std::string>(unavailable(error));
  board_.answered(call->peer.node, text_of(call->document, "Id"), std::move(answer));
  return json_answer(nlohmann::json::object());
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
