#include "app/member/issuer.h"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace swarmward::app {

namespace asio = boost::asio;

namespace {

/// A joining host gives up after 15 s; the last attempt may take an external CA 5 s.
constexpr std::chrono::seconds kSigningPatience{9};
constexpr std::chrono::seconds kSigningPause{1};

}  // namespace

Issuer::Issuer(asio::any_io_executor executor,
               state::StateStore const& store,
               MemberTls const& tls,
               Clock const& clock,
               RandomBytes random)
    : executor_(std::move(executor)),
      store_(store),
      clock_(clock),
      random_(random),
      external_(tls, clock, std::move(random)) {}

Result<std::string> Issuer::issue_here(cluster::Subject const& subject,
                                       std::string const& request) const {
  auto const cluster = store_.snapshot()->cluster;
  auto const signer = cluster ? cluster::signer_of(*cluster) : std::nullopt;
  if (!signer) {
    return unavailable(
        "the swarm does not keep the key of its root CA, and no external CA is configured for that "
        "root");
  }
  cluster::CertificateTerms const terms{
      subject, clock_.now(), cluster::node_lifetime(cluster->spec.ca)};
  return cluster::issue_certificate(*signer, request, terms, random_);
}

asio::awaitable<Result<std::string>> Issuer::issue(cluster::Subject subject, std::string request) {
  auto const cluster = store_.snapshot()->cluster;
  auto signer = cluster ? cluster::external_signer_of(*cluster) : std::nullopt;
  if (!signer) {
    co_return issue_here(subject, request);
  }
  if (auto const fair = cluster::check_request(request); !fair) {
    co_return fair.error();
  }
  auto signed_there =
      co_await external_.sign(std::move(*signer), std::move(request), std::move(subject));
  co_return signed_there;
}

asio::awaitable<Result<std::string>> Issuer::issue_patiently(cluster::Subject subject,
                                                             std::string request) {
  auto const until = std::chrono::steady_clock::now() + kSigningPatience;
  auto issued = co_await issue(subject, request);
  while (!issued && issued.error().code == ErrorCode::Unavailable &&
         std::chrono::steady_clock::now() + kSigningPause < until) {
    asio::steady_timer pause(executor_, kSigningPause);
    co_await pause.async_wait(asio::as_tuple(asio::use_awaitable));
    issued = co_await issue(subject, request);
  }
  co_return issued;
}

}  // namespace swarmward::app
