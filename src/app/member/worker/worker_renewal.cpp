// How a worker renews its certificate in time.

#include <boost/asio/co_spawn.hpp>

#include "app/member/worker/worker.h"
#include "base/log.h"

namespace swarmward::app {

namespace asio = boost::asio;

namespace {

/// An external CA may take its time. What comes later is lost, and asked for again.
constexpr std::chrono::seconds kRenewalTimeout{15};

}  // namespace

void Worker::watch_renewal() {
  auto const& certificate = tls_.certificate();
  renewal_ = {};
  renewal_.planned = cluster::plan_renewal(certificate.not_before, certificate.not_after, random_);
  renewal_.not_after = certificate.not_after;
}

/// Beside the heartbeats: an external CA may take longer than a node may be silent.
void Worker::start_renewal() {
  renewing_ = true;
  asio::co_spawn(executor_, renew(), [this](std::exception_ptr const& bug) {
    renewing_ = false;
    if (bug) {
      std::rethrow_exception(bug);
    }
  });
}

asio::awaitable<void> Worker::renew() {
  auto const life = life_;
  auto key = cluster::make_key();
  auto const request = key ? cluster::make_request(*key) : key;
  Result<nlohmann::json> answer = unavailable("no manager is known");
  if (request) {
    for (auto const& manager : std::vector(record_->managers)) {
      nlohmann::json body{{"Request", *request}};
      answer =
          co_await clients_.ask(manager.address, "/member/renew", std::move(body), kRenewalTimeout);
      if (answer || life != life_) {
        break;
      }
    }
  }
  if (life != life_) {
    co_return;
  }
  Result<void> done = answer ? Result<void>{} : Result<void>(answer.error());
  if (answer) {
    cluster::MemberIdentity identity{
        text_of(*answer, "Certificate"), *key, text_of(*answer, "Roots")};
    done = key_files().store(identity, std::nullopt, random_);
    if (done) {
      done = tls_.use(std::move(identity));
    }
  }
  if (!done) {
    ++renewal_.failures;
    renewal_.last_failure = clock_.now();
    room_log("cluster")->warn("certificate.not_renewed reason=\"{}\"", done.error().message);
    co_return;
  }
  room_log("cluster")->info("certificate.renewed");
  clients_.reset();
  plan_clients_.reset();
  attach_clients_.reset();
  watch_renewal();
}

}  // namespace swarmward::app
