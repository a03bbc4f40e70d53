#pragma once

#include <optional>
#include <set>

#include <nlohmann/json.hpp>

#include "api/server/http_server.h"
#include "app/liveness_driver.h"
#include "app/member/door/known_peers.h"
#include "app/member/door/question_board.h"
#include "app/member/issuer.h"
#include "app/networks/plan_keeper.h"
#include "state/state_store.h"

namespace swarmward::app {

class Attachments;

/// The manager's port (2377): hosts join here, and members report and renew their certificates. TLS
/// 1.3; without a certificate nothing is answered but `ca` and `join`. Io thread only.
///
/// JSON over HTTP: GET /member/ca, POST
/// /member/{join,renew,heartbeat,networks,attach,detach,answers,goodbye}.
class MemberDoor final : public api::RequestHandler {
 public:
  MemberDoor(boost::asio::any_io_executor executor,
             state::StateStore& store,
             LivenessDriver& liveness,
             MemberTls& tls,
             Issuer& issuer,
             PlanKeeper& plans,
             Attachments& attachments,
             QuestionBoard& board,
             Clock const& clock,
             RandomBytes random);

  /// "ip:port". Errors: Conflict (port taken), InvalidArgument.
  Result<void> listen(std::string const& address);
  void close();
  [[nodiscard]] bool listening() const { return server_.has_value(); }
  /// Members that are to renew their certificates at their next report: the root changes.
  void tell_to_renew(std::vector<model::NodeId> const& nodes);

  [[nodiscard]] bool owns(std::string_view method,
                          std::string_view path,
                          api::ApiVersion version,
                          std::string_view raw_query) const override;
  boost::asio::awaitable<void> handle(api::Request request, api::Responder& responder) override;

 private:
  using Answer = boost::asio::awaitable<Result<api::Response>>;

  /// What a member says, and which one it is.
  struct Call {
    cluster::Peer peer;
    nlohmann::json document;
  };

  // member_door.cpp: the way to the endpoints
  Answer answer(api::Request const* request);
  [[nodiscard]] Result<api::Response> ca() const;
  [[nodiscard]] Result<Call> call_of(api::Request const& request);
  [[nodiscard]] Result<cluster::Peer> peer_of(api::Request const& request);

  // member_door_certificates.cpp
  Answer join(api::Request const* request);
  Answer renew(api::Request const* request);

  // member_door_reports.cpp
  Answer heartbeat(api::Request const* request);
  Answer networks(api::Request const* request);
  void heard(model::NodeId const& node);
  Result<api::Response> answers(api::Request const& request);
  Result<api::Response> goodbye(api::Request const& request);

  // member_door_attachments.cpp
  Answer attach(api::Request const* request);
  Answer detach(api::Request const* request);

  boost::asio::any_io_executor executor_;
  state::StateStore& store_;
  LivenessDriver& liveness_;
  MemberTls& tls_;
  Issuer& issuer_;
  PlanKeeper& plans_;
  Attachments& attachments_;
  QuestionBoard& board_;
  Clock const& clock_;
  KnownPeers peers_;
  RandomBytes random_;
  std::set<model::NodeId> to_renew_;
  std::vector<model::NodeId> heard_;  ///< Since the liveness was last told.
  std::optional<api::HttpServer> server_;
};

}  // namespace swarmward::app
