#include "app/membership.h"

#include <utility>

#include "base/log.h"

namespace swarmward::app {

namespace {

constexpr char const* kAlreadyMember =
    "This node is already part of a swarm. Use \"docker swarm leave\" to leave this swarm and join "
    "another one.";
constexpr char const* kNotMember = "This node is not part of a swarm";
constexpr char const* kLastManager =
    "You are attempting to leave the swarm on a node that is participating as a manager. Removing "
    "the last manager erases all current state of the swarm. Use `--force` to ignore this "
    "message. ";

}  // namespace

Membership::Membership(state::StateStore& store,
                       NodeRunners& runners,
                       std::vector<cluster::EngineEntry> engines,
                       RandomBytes random)
    : store_(store), runners_(runners), engines_(std::move(engines)), random_(std::move(random)) {}

asio::awaitable<Result<cluster::Founding>> Membership::prepare(api::InitOptions options) {
  cluster::AddressRequest const request{
      options.listen_addr, options.advertise_addr, options.data_path_addr};
  auto const addresses = cluster::choose_addresses(request, cluster::interface_addresses());
  if (!addresses) {
    co_return addresses.error();
  }
  if (auto fits = cluster::check_data_path(options.data_path_port, options.subnet_size); !fits) {
    co_return fits.error();
  }
  auto const pools = options.default_addr_pool.value_or(std::vector<std::string>{});
  if (auto fit = cluster::check_address_pools(pools, options.subnet_size); !fit) {
    co_return fit.error();
  }
  auto const info = co_await local_engine()->info();
  if (!info) {
    co_return in_context("asking the engine of this host", info.error());
  }
  if (info->native_swarm_active) {
    co_return conflict(
        "the engine of this host is in a swarm of its own: run \"docker swarm leave --force\" "
        "against it first");
  }
  auto ca = cluster::make_root_ca();
  if (!ca) {
    co_return ca.error();
  }
  cluster::Founding founding;
  founding.spec = std::move(options.spec);
  founding.addresses = *addresses;
  founding.ca = std::move(*ca);
  founding.availability = options.availability;
  founding.default_addr_pool = std::move(options.default_addr_pool);
  founding.subnet_size = options.subnet_size;
  founding.data_path_port = options.data_path_port;
  founding.local_description = info->description;
  co_return founding;
}

asio::awaitable<Result<model::NodeId>> Membership::init(api::InitOptions options) {
  auto const cluster = store_.snapshot()->cluster;
  if (cluster && options.force_new_cluster) {
    co_return cluster->manager_node;  // One manager with all its state: already what is asked for.
  }
  if (cluster) {
    co_return unavailable(kAlreadyMember);
  }
  auto founding = co_await prepare(std::move(options));
  if (!founding) {
    co_return founding.error();
  }
  auto id = std::make_shared<model::NodeId>();
  auto const shared = std::make_shared<cluster::Founding>(std::move(*founding));
  state::Change change = [this, id, shared](state::Draft& draft) -> Result<void> {
    auto founded = cluster::found_swarm(draft, *shared, random_);
    if (!founded) {
      return founded.error();
    }
    *id = *founded;
    cluster::add_listed_engines(draft, engines_, random_);
    return {};
  };
  auto const written = co_await store_.update(std::move(change));
  if (!written) {
    co_return written.error();
  }
  room_log("app")->info("swarm.created manager={} engines={}", id->view(), engines_.size());
  co_return *id;
}

asio::awaitable<Result<void>> Membership::leave(api::Force force) {
  if (!store_.snapshot()->cluster) {
    co_return unavailable(kNotMember);
  }
  if (force == api::Force::No) {
    co_return unavailable(kLastManager);
  }
  // Containers first: should we be cut off, the swarm is still there and leaving can be repeated.
  co_await runners_.remove_all_containers();
  state::Change change = [](state::Draft& draft) -> Result<void> {
    if (draft.view().cluster) {
      cluster::dissolve_swarm(draft);
    }
    return {};
  };
  auto const written = co_await store_.update(std::move(change));
  if (!written) {
    co_return written.error();
  }
  room_log("app")->info("swarm.left");
  co_return Result<void>{};
}

asio::awaitable<Result<void>> Membership::add_new_engines() {
  state::Change change = [this](state::Draft& draft) -> Result<void> {
    if (draft.view().cluster) {
      cluster::add_listed_engines(draft, engines_, random_);
    }
    return {};
  };
  auto const written = co_await store_.update(std::move(change));
  if (!written) {
    co_return written.error();
  }
  co_return Result<void>{};
}

std::string Membership::new_join_token() {
  auto const cluster = store_.snapshot()->cluster;
  return cluster ? cluster::make_join_token(cluster->tls.trust_root, random_) : std::string{};
}

std::string Membership::new_unlock_key() {
  return cluster::make_unlock_key(random_);
}

std::shared_ptr<backends::Engine> Membership::local_engine() {
  return runners_.engine(std::string(cluster::kLocalEngine));
}

std::shared_ptr<backends::Engine> Membership::engine_of(model::NodeId const& id) {
  auto const node = store_.snapshot()->find_node(id);
  return node ? runners_.engine(node->engine_name) : nullptr;
}

}  // namespace swarmward::app
