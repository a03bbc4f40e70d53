#pragma once

#include <map>
#include <memory>
#include <string>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include "app/member/member_documents.h"
#include "app/member/member_tls.h"
#include "backends/docker/http_client.h"
#include "wire/swarm.h"

// What a host asks of a manager's port.

namespace swarmward::app {

/// What a host says when it joins.
struct JoinQuestion {
  std::string manager;  ///< "host:port".
  std::string token;    ///< Never logged.
  std::string hostname;
  std::string engine_id;  ///< As backends::EngineInfo has it.
  std::string advertise;  ///< IP address, or empty: as the manager sees it.
  std::uint32_t agent_port = 0;
  model::Availability availability = model::Availability::Active;
};

struct Joined {
  model::NodeId node;
  model::ClusterId cluster;
  cluster::MemberIdentity identity;
  std::vector<ManagerAddress> managers;
};

/// Fetches the root certificate, holds it against the token, and only then shows the token to the
/// manager, over a connection which that root vouches for. Errors: native's texts.
boost::asio::awaitable<Result<Joined>> join_swarm(boost::asio::any_io_executor executor,
                                                  JoinQuestion question,
                                                  Clock const* clock);

/// A manager that takes longer for a heartbeat is as good as away: another one may be near.
inline constexpr std::chrono::seconds kCallTimeout{2};

/// Connections to managers as this member, kept between calls. Io thread only.
class ManagerClients {
 public:
  /// `tls` outlives all calls.
  ManagerClients(boost::asio::any_io_executor executor, MemberTls const& tls)
      : executor_(std::move(executor)), tls_(tls) {}

  /// Posts `body` to the manager at "host:port"; the answer's JSON. Errors: those of the manager,
  /// with its message; Unavailable if it is not reached.
  boost::asio::awaitable<Result<nlohmann::json>> ask(std::string address,
                                                     std::string path,
                                                     nlohmann::json body,
                                                     std::chrono::seconds timeout = kCallTimeout);
  /// The next calls connect anew, with the certificate that holds then.
  void reset() { clients_.clear(); }

 private:
  boost::asio::any_io_executor executor_;
  MemberTls const& tls_;
  std::map<std::string, std::shared_ptr<backends::HttpClient>> clients_;
};

}  // namespace swarmward::app
