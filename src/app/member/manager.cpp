#include "app/member/manager.h"

#include <algorithm>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "base/log.h"
#include "base/net/host_text.h"
#include "base/net/tls_dialer.h"
#include "cluster/address.h"
#include "cluster/pki/renewal.h"
#include "cluster/pki/root_rotation.h"

namespace swarmward::app {

namespace asio = boost::asio;

namespace {

/// How often address, certificate and root are looked after.
constexpr std::chrono::seconds kRound{2};

bool has_certificate(model::Node const& node) {
  return node.access.agent_port != 0 || node.manager.has_value();
}

}  // namespace

Manager::Manager(asio::any_io_executor executor,
                 state::StateStore& store,
                 StateGate& gate,
                 LivenessDriver& liveness,
                 MemberTls& tls,
                 Clock const& clock,
                 RandomBytes random,
                 std::filesystem::path data_root)
    : executor_(executor),
      store_(store),
      gate_(gate),
      tls_(tls),
      clock_(clock),
      random_(random),
      data_root_(std::move(data_root)),
      door_(executor, store, liveness, tls, clock, std::move(random)),
      timer_(executor) {}

cluster::KeyFiles Manager::key_files() const {
  return cluster::KeyFiles(data_root_ / "certificates");
}

Result<void> Manager::issue_own(model::Cluster const& cluster) {
  auto const signer = cluster::signer_of(cluster);
  if (!signer) {
    return unavailable("the CA of this swarm is an external one, which this version cannot ask");
  }
  auto key = cluster::make_key();
  auto const request = key ? cluster::make_request(*key) : key;
  if (!request) {
    return request.error();
  }
  cluster::CertificateTerms const terms{
      {cluster.manager_node, cluster.id, model::NodeRole::Manager},
      clock_.now(),
      cluster::node_lifetime(cluster.spec.ca)};
  auto chain = cluster::issue_certificate(*signer, *request, terms, random_);
  if (!chain) {
    return chain.error();
  }
  cluster::MemberIdentity identity{
      std::move(*chain), std::move(*key), join_pem(cluster::trusted_roots(cluster))};
  if (auto stored = key_files().store(identity, lock_of(cluster), random_); !stored) {
    return stored;
  }
  key_locked_by_ = cluster.unlock_key;
  return tls_.use(std::move(identity));
}

Result<void> Manager::take_office() {
  auto const cluster = store_.snapshot()->cluster;
  auto known = key_files().load(lock_of(*cluster));
  key_locked_by_ = key_files().locked() ? cluster->unlock_key : "";
  bool ours = false;
  if (known && tls_.use(std::move(*known))) {
    auto const& certificate = tls_.certificate();
    ours = certificate.subject ==
               cluster::Subject{cluster->manager_node, cluster->id, model::NodeRole::Manager} &&
           tls_.judge_manager(tls_.identity().chain).has_value();
  }
  if (!ours) {
    if (auto issued = issue_own(*cluster); !issued) {
      return issued;
    }
  }
  auto const& certificate = tls_.certificate();
  renew_at_ = cluster::plan_renewal(certificate.not_before, certificate.not_after, random_);
  if (!door_.listening()) {
    if (auto opened = door_.listen(cluster->listen_addr); !opened) {
      return opened;
    }
  }
  if (auto locked = keep_locked(); !locked) {
    return locked;
  }
  asio::co_spawn(executor_, run(this, ++term_), asio::detached);
  return {};
}

void Manager::step_down() {
  ++term_;
  timer_.cancel();
  door_.close();
  tls_.clear();
  if (auto removed = key_files().remove(); !removed) {
    room_log("cluster")->error("certificates.not_removed reason=\"{}\"", removed.error().message);
  }
  if (auto opened = gate_.follow(nullptr); !opened) {
    room_log("cluster")->error("state.still_locked reason=\"{}\"", opened.error().message);
  }
}

Result<void> Manager::keep_locked() {
  auto const cluster = store_.snapshot()->cluster;
  if (!cluster) {
    return {};
  }
  if (auto followed = gate_.follow(cluster.get()); !followed) {
    return followed;
  }
  if (cluster->unlock_key == key_locked_by_) {
    return {};
  }
  if (auto stored = key_files().store(tls_.identity(), lock_of(*cluster), random_); !stored) {
    return stored;
  }
  key_locked_by_ = cluster->unlock_key;
  room_log("cluster")->info("state.lock_changed locked={}", !cluster->unlock_key.empty());
  return {};
}

Result<net::DialerPtr> Manager::dialer_to(model::Node const& node) {
  if (node.access.agent_port == 0) {
    return internal_error("no way to its engine is known");
  }
  // A node that was removed is still reached once more, to take its containers away.
  auto const last = std::make_shared<net::EngineAddress>();
  auto const route = [this, last, id = node.id]() -> Result<net::TlsRoute> {
    if (auto const now = store_.snapshot()->find_node(id)) {
      last->host = now->status.addr;
      last->port = std::to_string(now->access.agent_port);
    }
    if (!tls_.ready() || last->host.empty()) {
      return unavailable("this host manages no swarm");
    }
    return net::TlsRoute{*last, tls_.context(), [this, id](std::string const& chain) {
                           return tls_.judge_node(chain, id);
                         }};
  };
  return net::make_tls_dialer(route, "the agent of node " + node.id.str());
}

asio::awaitable<void> Manager::run(Manager* self, unsigned term) {
  while (self->term_ == term) {
    self->timer_.expires_after(kRound);
    co_await self->timer_.async_wait(asio::as_tuple(asio::use_awaitable));
    auto const cluster = self->store_.snapshot()->cluster;
    if (self->term_ != term || !cluster) {
      break;
    }
    if (self->clock_.now() >= self->renew_at_) {
      auto const issued = self->issue_own(*cluster);
      auto const& certificate = self->tls_.certificate();
      self->renew_at_ = issued ? cluster::plan_renewal(
                                     certificate.not_before, certificate.not_after, self->random_)
                               : self->clock_.now() + std::chrono::minutes(1);
    }
    co_await self->rotate_root();
    co_await self->follow_address();
    if (auto const locked = self->keep_locked(); !locked) {
      room_log("cluster")->error("state.not_locked reason=\"{}\"", locked.error().message);
    }
  }
}

/// A new certificate of its own, shown in its node object.
asio::awaitable<void> Manager::reissue() {
  auto const cluster = store_.snapshot()->cluster;
  auto const issued = issue_own(*cluster);
  auto const own = issued ? tls_.judge(tls_.identity().chain) : issued.error();
  if (!own) {
    room_log("cluster")->error("certificate.not_issued reason=\"{}\"", own.error().message);
    co_return;
  }
  state::Change change = [own = *own](state::Draft& draft) -> Result<void> {
    auto const node = draft.view().find_node(own.node);
    if (node && draft.view().cluster) {
      auto changed = *node;
      changed.description.tls = {
          draft.view().cluster->tls.trust_root, own.issuer_subject, own.issuer_public_key};
      draft.put(std::move(changed));
    }
    return {};
  };
  auto const written = co_await store_.update(std::move(change));
  static_cast<void>(written);
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
    co_await reissue();
  }
}

/// The host has another address than the one that it advertises: members find the new one by the
/// connections that it makes to them.
asio::awaitable<void> Manager::follow_address() {
  auto const cluster = store_.snapshot()->cluster;
  if (!cluster) {
    co_return;
  }
  auto const known = cluster::interface_addresses();
  bool const there =
      std::ranges::find(known, cluster->advertise_addr, &cluster::InterfaceAddress::address) !=
      known.end();
  if (there) {
    on_interface_ = cluster->advertise_addr;
  }
  if (there || known.empty() || cluster->advertise_addr.starts_with("127.")) {
    co_return;
  }
  auto const chosen = cluster::choose_addresses({cluster->listen_addr, "", ""}, known);
  // An advertised address that never was on an interface is that of a router: it stays.
  if (!chosen || on_interface_ != cluster->advertise_addr) {
    co_return;
  }
  room_log("cluster")->info("manager.moved to={}", chosen->advertise);
  state::Change change = [address = chosen->advertise](state::Draft& draft) -> Result<void> {
    auto moved = *draft.view().cluster;
    auto const node = draft.view().find_node(moved.manager_node);
    auto const port = moved.listen_addr.substr(moved.listen_addr.rfind(':'));
    moved.advertise_addr = address;
    draft.put(std::move(moved));
    if (node) {
      auto changed = *node;
      changed.status.addr = address;
      if (changed.manager) {
        changed.manager->addr = net::in_brackets(address) + port;
      }
      draft.put(std::move(changed));
    }
    return {};
  };
  auto const written = co_await store_.update(std::move(change));
  static_cast<void>(written);
}

}  // namespace swarmward::app
