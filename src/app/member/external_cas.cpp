#include "app/member/external_cas.h"

#include <algorithm>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "base/log.h"
#include "cluster/external/ca_questions.h"
#include "cluster/external/cfssl.h"
#include "cluster/external/issued_check.h"

namespace swarmward::app {

namespace asio = boost::asio;

namespace {

asio::awaitable<Result<cluster::HttpsAnswer>> post(cluster::HttpsTarget target, std::string body) {
  co_return cluster::https_post(target, body);
}

/// Why it is not reached; empty if it is.
asio::awaitable<std::string> connect(cluster::HttpsTarget target) {
  auto const reached = cluster::https_reach(target);
  co_return reached ? std::string{} : reached.error().message;
}

void log_failure(std::string const& url, std::string const& why) {
  room_log("cluster")->warn("external_ca.failed url={} reason=\"{}\"", url, why);
}

}  // namespace

ExternalCas::~ExternalCas() {
  stop_ = true;
  pool_.join();
}

cluster::HttpsTarget ExternalCas::target(std::string url, std::string root) const {
  cluster::HttpsTarget target;
  target.url = std::move(url);
  target.root = std::move(root);
  target.chain = tls_.identity().chain;
  target.key = tls_.identity().key;
  target.stop = &stop_;
  return target;
}

asio::awaitable<Result<std::string>> ExternalCas::ask(cluster::HttpsTarget target,
                                                      std::string body) {
  auto posting = post(std::move(target), std::move(body));
  auto const answer =
      co_await asio::co_spawn(pool_.get_executor(), std::move(posting), asio::use_awaitable);
  if (!answer) {
    co_return answer.error();
  }
  co_return cluster::read_sign_answer(answer->status, answer->body);
}

asio::awaitable<Result<std::string>> ExternalCas::sign(cluster::ExternalSigner signer,
                                                       std::string request,
                                                       cluster::Subject subject) {
  auto const body = cluster::render_sign_request(request, subject);
  Result<std::string> last = unavailable("no external CA is configured");
  for (auto const& url : signer.urls) {
    auto where = target(url, signer.root);
    last = co_await ask(std::move(where), body);
    if (last) {
      last = cluster::check_issued(*last, {request, subject, signer.root, clock_.now()});
    }
    if (last) {
      co_return *last + signer.intermediate;
    }
    log_failure(url, last.error().message);
  }
  co_return in_context("the swarm's external CA does not sign", last.error());
}

asio::awaitable<bool> ExternalCas::reach(cluster::HttpsTarget target) {
  auto const url = target.url;
  auto connecting = connect(std::move(target));
  auto const why =
      co_await asio::co_spawn(pool_.get_executor(), std::move(connecting), asio::use_awaitable);
  if (!why.empty()) {
    log_failure(url, why);
  }
  co_return why.empty();
}

asio::awaitable<std::optional<cluster::CrossedRoot>> ExternalCas::cross(
    std::vector<model::ExternalCa> cas, cluster::RootCa next, std::string present) {
  auto const body = cluster::render_cross_sign_request(next);
  for (auto const& ca : cas) {
    if (!body || cluster::root_of(ca, present) != present) {
      continue;
    }
    auto where = target(ca.url, present);
    auto answer = co_await ask(std::move(where), *body);
    if (answer) {
      answer = cluster::check_crossed(*answer, next.certificate, present, clock_.now());
    }
    if (answer) {
      co_return cluster::CrossedRoot{std::move(next), std::move(*answer)};
    }
    log_failure(ca.url, answer.error().message);
  }
  co_return std::nullopt;
}

asio::awaitable<cluster::CaContext> ExternalCas::look(std::shared_ptr<model::Cluster const> cluster,
                                                      cluster::CaRequest request) {
  auto const questions = cluster::plan_ca_questions(*cluster, request, clock_.now(), random_);
  auto const present = cluster->tls.trust_root;
  std::vector<model::ExternalCa> reached;
  std::vector<std::string> settled;
  for (auto const& ca : request.config.external_cas) {
    auto const root = cluster::root_of(ca, present);
    bool const asked = std::ranges::find(questions.reach, root) != questions.reach.end();
    if (!asked || std::ranges::find(settled, root) != settled.end()) {
      continue;
    }
    auto where = target(ca.url, root);
    bool const there = co_await reach(std::move(where));
    if (there) {
      reached.push_back(ca);
      settled.push_back(root);
    }
  }
  cluster::CaContext context{clock_.now(), random_, {}};
  if (questions.cross && !reached.empty()) {
    auto cas = request.config.external_cas;
    auto next = *questions.cross;
    auto by = cluster::normal_pem(present);
    auto crossed = co_await cross(std::move(cas), std::move(next), std::move(by));
    context.crossed = std::move(crossed);
  }
  context.reachable = [reached = std::move(reached)](model::ExternalCa const& ca) {
    return std::ranges::find(reached, ca) != reached.end();
  };
  co_return context;
}

}  // namespace swarmward::app
