// The manager's own certificate, and the change of the root that it was issued by.

#include <boost/asio/use_awaitable.hpp>

#include "app/member/manager.h"
#include "base/log.h"
#include "cluster/pki/root_rotation.h"

namespace swarmward::app {

namespace asio = boost::asio;

namespace {

bool has_certificate(model::Node const& node) {
  return node.access.agent_port != 0 || node.manager.has_value();
}

cluster::Subject own_subject(model::Cluster const& cluster) {
  return {cluster.manager_node, cluster.id, model::NodeRole::Manager};
}

}  // namespace

Result<void> Manager::keep_certificate(std::string chain, std::string key) {
  auto const cluster = store_.snapshot()->cluster;
  cluster::MemberIdentity identity{
      std::move(chain), std::move(key), join_pem(cluster::trusted_roots(*cluster))};
  if (auto stored = key_files().store(identity, lock_of(*cluster), random_); !stored) {
    return stored;
  }
  key_locked_by_ = cluster->unlock_key;
  return tls_.use(std::move(identity));
}

void Manager::watch_renewal() {
  auto const& certificate = tls_.certificate();
  renewal_ = {};
  renewal_.planned = cluster::plan_renewal(certificate.not_before, certificate.not_after, random_);
  renewal_.not_after = certificate.not_after;
}

/// By the key that the swarm keeps, whatever external CAs there are: they only answer a manager
/// that has a certificate. Source: swarm mode.
Result<void> Manager::issue_first(model::Cluster const& cluster) {
  auto key = cluster::make_key();
  auto const request = key ? cluster::make_request(*key) : key;
  if (!request) {
    return request.error();
  }
  auto chain = issuer_.issue_here(own_subject(cluster), *request);
  return chain ? keep_certificate(std::move(*chain), std::move(*key)) : chain.error();
}

/// The one on disk, or a new one. One that is no longer in force is used to ask an external CA for
/// the next, where only such a CA can issue it.
Result<void> Manager::take_certificate(model::Cluster const& cluster) {
  auto known = key_files().load(lock_of(cluster));
  key_locked_by_ = key_files().locked() ? cluster.unlock_key : "";
  bool const ours =
      known && tls_.use(std::move(*known)) && tls_.certificate().subject == own_subject(cluster);
  bool const in_force = ours && tls_.judge_manager(tls_.identity().chain).has_value();
  if (!in_force) {
    auto issued = issue_first(cluster);
    if (!issued && (!ours || !cluster::external_signer_of(cluster))) {
      return issued;
    }
  }
  watch_renewal();
  return {};
}

asio::awaitable<Result<void>> Manager::issue_own() {
  auto const term = term_;
  auto const cluster = store_.snapshot()->cluster;
  auto key = cluster::make_key();
  auto request = key ? cluster::make_request(*key) : key;
  if (!request) {
    co_return request.error();
  }
  auto subject = own_subject(*cluster);
  auto chain = co_await issuer_.issue(std::move(subject), std::move(*request));
  if (!chain) {
    co_return chain.error();
  }
  auto const now = store_.snapshot()->cluster;
  if (term != term_ || !now || now->id != cluster->id) {
    co_return unavailable("the swarm is no longer there");
  }
  auto kept = keep_certificate(std::move(*chain), std::move(*key));
  co_return kept;
}

/// Its node object says who issued its certificate.
asio::awaitable<void> Manager::show_own() {
  auto const own = tls_.judge(tls_.identity().chain);
  if (!own) {
    room_log("cluster")->error("certificate.not_accepted reason=\"{}\"", own.error().message);
    co_return;
  }
  auto const shown = [own = *own](state::Snapshot const& view) -> std::optional<model::Node> {
    auto const node = view.find_node(own.node);
    if (!node || !view.cluster) {
      return std::nullopt;
    }
    auto changed = *node;
    changed.description.tls = {
        view.cluster->tls.trust_root, own.issuer_subject, own.issuer_public_key};
    return changed.description.tls == node->description.tls ? std::nullopt
                                                            : std::optional(std::move(changed));
  };
  if (!shown(*store_.snapshot())) {
    co_return;
  }
  state::Change change = [shown](state::Draft& draft) -> Result<void> {
    if (auto changed = shown(draft.view())) {
      draft.put(std::move(*changed));
    }
    return {};
  };
  auto const written = co_await store_.update(std::move(change));
  static_cast<void>(written);
}

/// Failures are told, and tried again after a pause that grows.
asio::awaitable<void> Manager::reissue() {
  auto const term = term_;
  auto const issued = co_await issue_own();
  if (term != term_) {
    co_return;
  }
  if (!issued) {
    ++renewal_.failures;
    renewal_.last_failure = clock_.now();
    room_log("cluster")->error("certificate.not_issued reason=\"{}\"", issued.error().message);
    co_return;
  }
  watch_renewal();
  room_log("cluster")->info("certificate.renewed");
  co_await show_own();
}

asio::awaitable<void> Manager::rotate_root() {
  auto const cluster = store_.snapshot()->cluster;
  if (!cluster || !cluster->root_rotation) {
    told_.clear();
    rotating_to_.clear();
    co_return;
  }
  if (cluster->root_rotation->certificate != rotating_to_) {
    rotating_to_ = cluster->root_rotation->certificate;
    told_.clear();
    renewal_.failures = 0;
    renewal_.told = true;
    co_await reissue();
  }
  auto const plan = cluster::plan_rotation(*store_.snapshot(), has_certificate, told_);
  door_.tell_to_renew(plan.renew);
  told_.insert(plan.renew.begin(), plan.renew.end());
  if (!plan.finished) {
    co_return;
  }
  state::Change finish = [this](state::Draft& draft) {
    return cluster::finish_rotation(draft, has_certificate, random_);
  };
  auto const finished = co_await store_.update(std::move(finish));
  if (finished && store_.snapshot()->cluster) {
    room_log("cluster")->info("root.rotated");
    co_await show_own();  // Its certificate is right already; only its chain is longer than need
                          // be.
    renewal_.told = true;
    co_await reissue();
  }
}

}  // namespace swarmward::app
