#include "backends/runner/network_keeper.h"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <nlohmann/json.hpp>

#include "backends/docker/json_fields.h"
#include "backends/runner/done.h"
#include "backends/runner/network_body.h"
#include "base/log.h"
#include "base/percent_encode.h"

namespace swarmward::backends {

namespace {

/// So much of a network's id tells its name from the engine's own.
constexpr std::size_t kSuffixLength = 12;

/// The id of the swarm's network that this one of the engine stands for; empty for any other.
std::string swarm_id_of(Json const& network, NodeIdentity const& node) {
  if (text(field(network, "Labels"), kNodeLabel) != node.id.view()) {
    return {};
  }
  auto overlay = text(field(network, "Options"), kNetworkOption);
  return overlay.empty() ? text(field(network, "Labels"), kNetworkOption) : overlay;
}

/// The node that it was made for: this one, or one that the engine was before. The latter has
/// nobody any more who serves it. Empty: it is none of ours.
std::string node_of(Json const& network) {
  return text(field(network, "Labels"), kNodeLabel);
}

std::string list_path() {
  Json const filters = {{"label", {kNodeLabel}}};
  return "/networks?filters=" + percent_encode(filters.dump());
}

/// A container that has just ended holds its network for a moment.
constexpr int kAttempts = 4;
constexpr std::chrono::milliseconds kBetweenAttempts{500};

}  // namespace

asio::awaitable<Result<std::string>> NetworkKeeper::ensure(model::TaskNetwork network) {
  auto const self = shared_from_this();
  wanted_.insert(network.id);
  auto const place = co_await gate_.enter();
  if (auto const known = known_.find(network.id); known != known_.end()) {
    co_return known->second;
  }
  auto const name = network.name;
  auto owner = co_await make(&network);
  if (owner && *owner == Owner::Earlier && may_wait(network)) {
    co_return unavailable("tasks of an earlier network named " + name + " still stop");
  }
  if (!owner || *owner != Owner::Us) {
    network.name += "." + network.id.substr(0, kSuffixLength);
  }
  if (!owner) {
    // Its name may have become free while containers still use it by the other one.
    auto const seen = co_await look_at(&network);
    if (!seen || seen->owner != Owner::Us) {
      co_return owner.error();
    }
    owner = Owner::Us;
  } else if (*owner != Owner::Us) {
    auto again = co_await make(&network);
    owner = std::move(again);
  }
  if (!owner) {
    co_return owner.error();
  }
  if (*owner != Owner::Us) {
    co_return conflict("the engine has networks of its own named " + name + " and " + network.name +
                       ": rename or remove them");
  }
  waiting_.erase(network.id);
  known_[network.id] = network.name;
  co_return network.name;
}

bool NetworkKeeper::may_wait(model::TaskNetwork const& network) {
  if (!network.attachable && !network.node_local) {
    return false;
  }
  auto const now = std::chrono::steady_clock::now();
  auto const [until, first] = waiting_.try_emplace(network.id, now + patience_);
  return now < until->second;
}

asio::awaitable<Result<NetworkKeeper::Seen>> NetworkKeeper::look_at(
    model::TaskNetwork const* network) {
  auto path = "/networks/" + percent_encode(network->name);
  auto const document = co_await engine_->get_document(std::move(path));
  if (!document && document.error().code == ErrorCode::NotFound) {
    co_return Seen{};
  }
  if (!document) {
    co_return document.error();
  }
  auto const there = parse_json(*document);
  Seen seen;
  seen.engine_id = text(there, "Id");
  auto const node = node_of(there);
  if (swarm_id_of(there, node_) == network->id) {
    seen.owner = Owner::Us;
  } else if (node == node_.id.view()) {
    seen.owner = Owner::Earlier;
  } else {
    seen.owner = node.empty() ? Owner::Stranger : Owner::Left;
  }
  co_return seen;
}

asio::awaitable<Result<std::string>> NetworkKeeper::body_of(model::TaskNetwork const* network) {
  if (!network->node_local) {
    co_return render_overlay(*network, node_);
  }
  auto const& model = network->node_local->config_from;
  if (model.empty()) {
    co_return render_node_local(*network, node_);
  }
  auto path = "/networks/" + percent_encode(model);
  auto const document = co_await engine_->get_document(std::move(path));
  if (!document && document.error().code != ErrorCode::NotFound) {
    co_return document.error();
  }
  auto const config = document ? parse_json(*document) : Json();
  if (text(config, "Name") != model || !flag(config, "ConfigOnly")) {
    co_return not_found("configuration network \"" + model + "\" does not exist");
  }
  co_return render_configured(*network, node_, *document);
}

asio::awaitable<Result<NetworkKeeper::Owner>> NetworkKeeper::make(
    model::TaskNetwork const* network) {
  if (network->node_local) {  // What it was configured after may be gone by now.
    auto const there = co_await look_at(network);
    if (!there) {
      co_return there.error();
    }
    if (there->owner == Owner::Us) {
      co_return Owner::Us;
    }
  }
  auto const body = co_await body_of(network);
  if (!body) {
    co_return body.error();
  }
  auto first = *body;
  auto const created = co_await engine_->create_network(std::move(first));
  if (created) {
    co_return Owner::Us;
  }
  if (created.error().code != ErrorCode::Conflict) {
    co_return created.error();
  }
  auto const seen = co_await look_at(network);
  if (!seen) {
    co_return seen.error();
  }
  if (seen->owner != Owner::Left && seen->owner != Owner::Earlier) {
    co_return seen->owner;
  }
  auto const removed = co_await engine_->remove_network(seen->engine_id);
  if (!removed) {
    // Engines lose count of endpoints when many go at once, and then keep the network for good.
    // Those of an earlier network may just be stopping.
    auto const level = seen->owner == Owner::Earlier ? spdlog::level::debug : spdlog::level::warn;
    room_log("backends")
        ->log(level,
              "network.left_over name={} reason=\"{}\"",
              network->name,
              removed.error().message);
    co_return seen->owner;
  }
  auto again = *body;
  auto const remade = co_await engine_->create_network(std::move(again));
  if (!remade) {
    co_return remade.error();
  }
  co_return Owner::Us;
}

void NetworkKeeper::keep_only(std::set<std::string> ids) {
  wanted_ = std::move(ids);
  std::erase_if(waiting_, [&](auto const& each) { return !wanted_.contains(each.first); });
  asio::co_spawn(executor_, remove_others(shared_from_this()), asio::detached);
}

asio::awaitable<void> NetworkKeeper::remove_all() {
  wanted_.clear();
  co_await remove_others(shared_from_this());
}

asio::awaitable<void> NetworkKeeper::remove_others(std::shared_ptr<NetworkKeeper> self) {
  for (int attempt = 0; attempt < kAttempts; ++attempt) {
    bool const all = co_await self->try_to_remove_others();
    if (all) {
      co_return;
    }
    asio::steady_timer pause(self->executor_, kBetweenAttempts);
    co_await pause.async_wait(asio::as_tuple(asio::use_awaitable));
  }
}

asio::awaitable<bool> NetworkKeeper::try_to_remove_others() {
  auto const document = co_await engine_->get_document(list_path());
  if (!document) {
    co_return true;  // Once the engine is back, all is looked at again.
  }
  bool all = true;
  auto const list = parse_json(*document);
  for (auto const& network : list.is_array() ? list : Json::array()) {
    auto const id = swarm_id_of(network, node_);
    auto engine_id = text(network, "Id");
    auto const place = co_await gate_.enter();
    if (node_of(network).empty() || engine_id.empty() || wanted_.contains(id)) {
      continue;
    }
    known_.erase(id);
    // Not by its name: while this waited, a new network may have taken that.
    auto const removed = co_await engine_->remove_network(std::move(engine_id));
    if (!removed) {  // A container that is no task may still use it.
      all = false;
      room_log("backends")
          ->debug(
              "network.kept name={} reason=\"{}\"", text(network, "Name"), removed.error().message);
    }
  }
  co_return all;
}

}  // namespace swarmward::backends
