#pragma once

#include <atomic>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/thread_pool.hpp>

#include "app/member/member_tls.h"
#include "cluster/external/external_signer.h"
#include "cluster/external/https_request.h"
#include "cluster/pki/root_rotation.h"

namespace swarmward::app {

/// The way to external CAs, which know this host by its certificate as a manager. Io thread only;
/// libcurl works on threads of its own, which end with the object, within a second.
class ExternalCas {
 public:
  ExternalCas(MemberTls const& tls, Clock const& clock, RandomBytes random)
      : tls_(tls), clock_(clock), random_(std::move(random)) {}
  ~ExternalCas();
  ExternalCas(ExternalCas const&) = delete;
  ExternalCas& operator=(ExternalCas const&) = delete;

  /// A certificate by the first that gives a right one, followed by the signer's intermediate.
  /// Errors: those of the last that was asked; Unavailable if it may be asked again.
  boost::asio::awaitable<Result<std::string>> sign(cluster::ExternalSigner signer,
                                                   std::string request,
                                                   cluster::Subject subject);

  /// All that change_ca() needs for this update of the swarm: asks those external CAs that matter.
  boost::asio::awaitable<cluster::CaContext> look(std::shared_ptr<model::Cluster const> cluster,
                                                  cluster::CaRequest request);

 private:
  [[nodiscard]] cluster::HttpsTarget target(std::string url, std::string root) const;
  boost::asio::awaitable<Result<std::string>> ask(cluster::HttpsTarget target, std::string body);
  boost::asio::awaitable<bool> reach(cluster::HttpsTarget target);
  boost::asio::awaitable<std::optional<cluster::CrossedRoot>> cross(
      std::vector<model::ExternalCa> cas, cluster::RootCa next, std::string present);

  MemberTls const& tls_;
  Clock const& clock_;
  RandomBytes random_;
  std::atomic<bool> stop_ = false;
  boost::asio::thread_pool pool_{4};  ///< So that one CA that hangs does not hold up the rest.
};

}  // namespace swarmward::app
