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
#include "mesh/dns/upstreams.h"
#include "scheduler/networks/plan_follower.h"

namespace swarmward::app {

namespace asio = boost::asio;

namespace {

/// How often address, certificate and root are looked after.
constexpr std::chrono::seconds kRound{2};

}  // namespace

Manager::Manager(asio::any_io_executor executor,
                 state::StateStore& store,
                 StateGate& gate,
                 LivenessDriver& liveness,
                 MemberTls& tls,
                 PlanKeeper& plans,
                 Attachments& attachments,
                 QuestionBoard& board,
                 HostNetworks& networks,
                 Clock const& clock,
                 RandomBytes random,
                 std::filesystem::path data_root)
    : executor_(executor),
      store_(store),
      gate_(gate),
      plans_(plans),
      networks_(networks),
      tls_(tls),
      clock_(clock),
      random_(random),
      data_root_(std::move(data_root)),
      issuer_(executor, store, tls, clock, random),
      door_(executor,
            store,
            liveness,
            tls,
            issuer_,
            plans,
            attachments,
            board,
            clock,
            std::move(random)),
      timer_(executor) {}

cluster::KeyFiles Manager::key_files() const {
  return cluster::KeyFiles(data_root_ / "certificates");
}

Result<void> Manager::take_office() {
  auto const cluster = store_.snapshot()->cluster;
  if (auto taken = take_certificate(*cluster); !taken) {
    return taken;
  }
  if (!door_.listening()) {
    if (auto opened = door_.listen(cluster->listen_addr); !opened) {
      return opened;
    }
  }
  if (auto locked = keep_locked(); !locked) {
    return locked;
  }
  networks_.start(cluster->manager_node);
  asio::co_spawn(executor_, run(this, ++term_), asio::detached);
  asio::co_spawn(executor_, follow_networks(this, term_), asio::detached);
  return {};
}

void Manager::step_down() {
  ++term_;
  timer_.cancel();
  plans_.wake();
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

Result<net::DialerPtr> Manager::dialer_to(model::Node const& node, std::string const& protocol) {
  if (node.access.agent_port == 0) {
    return internal_error("no way to its engine is known");
  }
  // A node that was removed is still reached once more, to take its containers away.
  auto const last = std::make_shared<net::EngineAddress>();
  auto const route = [this, last, id = node.id, protocol]() -> Result<net::TlsRoute> {
    if (auto const now = store_.snapshot()->find_node(id)) {
      last->host = now->status.addr;
      last->port = std::to_string(now->access.agent_port);
    }
    if (!tls_.ready() || last->host.empty()) {
      return unavailable("this host manages no swarm");
    }
    auto const judge = [this, id](std::string const& chain) { return tls_.judge_node(chain, id); };
    return net::TlsRoute{*last, tls_.context(), judge, protocol};
  };
  return net::make_tls_dialer(route, "the agent of node " + node.id.str());
}

/// This host's own plan takes no way over the network.
asio::awaitable<void> Manager::follow_networks(Manager* self, unsigned term) {
  constexpr std::chrono::hours kPatience{1};
  auto const first = self->store_.snapshot()->cluster;
  if (!first) {
    co_return;
  }
  auto const node = first->manager_node;
  scheduler::PlanFollower follower(node.str());
  while (self->term_ == term && self->store_.snapshot()->cluster) {
    bool const news = co_await self->plans_.has_news(node, follower.mark(), kPatience);
    if (self->term_ != term) {
      break;
    }
    if (!news) {
      continue;
    }
    if (auto const followed = follower.follow(self->plans_.update_for(node, follower.mark()));
        !followed) {
      room_log("mesh")->error("plan.not_followed reason=\"{}\"", followed.error().message);
      continue;  // Everything comes next.
    }
    auto plan = follower.plan();
    co_await self->networks_.apply(std::move(plan));
  }
}

asio::awaitable<void> Manager::run(Manager* self, unsigned term) {
  while (self->term_ == term) {
    self->timer_.expires_after(kRound);
    co_await self->timer_.async_wait(asio::as_tuple(asio::use_awaitable));
    auto const cluster = self->store_.snapshot()->cluster;
    if (self->term_ != term || !cluster) {
      break;
    }
    co_await self->rotate_root();
    auto const due = cluster::next_renewal(self->renewal_, self->clock_.now());
    if (due <= self->clock_.now() && self->term_ == term) {
      co_await self->reissue();
    }
    if (self->term_ != term) {
      break;
    }
    co_await self->follow_address();
    co_await self->describe_host();
    if (auto const locked = self->keep_locked(); !locked) {
      room_log("cluster")->error("state.not_locked reason=\"{}\"", locked.error().message);
    }
  }
}

/// What workers tell by their heartbeats, of this host's own node.
asio::awaitable<void> Manager::describe_host() {
  auto const snapshot = store_.snapshot();
  auto const own =
      snapshot->cluster ? snapshot->find_node(snapshot->cluster->manager_node) : nullptr;
  auto servers = mesh::dns::shared_nameservers();
  bool const can = networks_.can_encrypt();
  if (!own || (own->can_encrypt == can && own->access.resolvers == servers)) {
    co_return;
  }
  state::Change change = [id = own->id, can, servers](state::Draft& draft) -> Result<void> {
    if (auto const node = draft.view().find_node(id)) {
      auto changed = *node;
      changed.can_encrypt = can;
      changed.access.resolvers = servers;
      draft.put(std::move(changed));
    }
    return {};
  };
  auto const written = co_await store_.update(std::move(change));
  static_cast<void>(written);  // The next round tries again.
}

/// Kept, since the host may have another address when this daemon starts the next time.
asio::awaitable<void> Manager::note_own_address() {
  state::Change change = [](state::Draft& draft) -> Result<void> {
    auto const known = draft.view().cluster;
    if (!known) {
      return {};
    }
    auto noted = *known;
    noted.advertise_addr_own = true;
    draft.put(std::move(noted));
    return {};
  };
  auto const written = co_await store_.update(std::move(change));
  static_cast<void>(written);  // The next round tries again.
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
  if (there && !cluster->advertise_addr_own) {
    co_await note_own_address();
  }
  // An address that never was on an interface is that of a router: it stays.
  if (there || !cluster->advertise_addr_own || cluster->advertise_addr.starts_with("127.")) {
    co_return;
  }
  auto const chosen = cluster::choose_addresses({cluster->listen_addr, "", ""}, known);
  if (!chosen) {
    co_return;
  }
  room_log("cluster")->info("manager.moved to={}", chosen->advertise);
  state::Change change = [address = chosen->advertise](state::Draft& draft) -> Result<void> {
    auto const known = draft.view().cluster;
    if (!known) {
      return {};
    }
    auto moved = *known;
    auto const node = draft.view().find_node(moved.manager_node);
    moved.advertise_addr = address;
    draft.put(std::move(moved));
    if (node) {
      auto changed = *node;
      changed.status.addr = address;
      if (changed.manager) {
        auto const& before = changed.manager->addr;
        changed.manager->addr =
            net::in_brackets(address) + before.substr(std::min(before.rfind(':'), before.size()));
      }
      draft.put(std::move(changed));
    }
    return {};
  };
  auto const written = co_await store_.update(std::move(change));
  static_cast<void>(written);
}

}  // namespace swarmward::app
