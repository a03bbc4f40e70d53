#pragma once

#include "app/member/external_cas.h"
#include "state/state_store.h"

namespace swarmward::app {

/// Issues the certificates of this swarm: by its external CA if it has one, else by its own key. Io
/// thread only.
class Issuer {
 public:
  Issuer(boost::asio::any_io_executor executor,
         state::StateStore const& store,
         MemberTls const& tls,
         Clock const& clock,
         RandomBytes random);

  /// By the key that the swarm keeps. Errors: Unavailable if it keeps none.
  [[nodiscard]] Result<std::string> issue_here(cluster::Subject const& subject,
                                               std::string const& request) const;
  /// PEM, the leaf first. Errors: those of the request; Unavailable if it may be tried again.
  boost::asio::awaitable<Result<std::string>> issue(cluster::Subject subject, std::string request);
  /// The same; an external CA that cannot be asked is waited for, as long as a joining host waits.
  boost::asio::awaitable<Result<std::string>> issue_patiently(cluster::Subject subject,
                                                              std::string request);

  [[nodiscard]] ExternalCas& external() { return external_; }

 private:
  boost::asio::any_io_executor executor_;
  state::StateStore const& store_;
  Clock const& clock_;
  RandomBytes random_;
  ExternalCas external_;
};

}  // namespace swarmward::app
