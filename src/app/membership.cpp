#include "app/membership.h"

#include <utility>

#include "base/log.h"
#include "base/time.h"
#include "cluster/pki/join_token.h"
#include "cluster/pki/root_rotation.h"
#include "cluster/pki/unlock_key.h"

namespace swarmward::app {

namespace {

constexpr char const* kAlreadyMember =
    "This node is already part of a swarm. Use \"docker swarm leave\" to leave this swarm and join "
    "another one.";
constexpr char const* kForeignSwarm =
    "the engine of this host is in a swarm of its own: run \"docker swarm leave --force\" against "
    "it first";
constexpr char const* kChanging =
    "This node is just becoming part of a swarm at somebody else's request. Try again when that is "
    "done.";

api::Upstream upstream_to(EngineAt const& engine) {
  api::Upstream upstream{engine.dialer, {}};
  upstream.facts.version =
      api::parse_api_version(engine.engine->api_version()).value_or(upstream.facts.version);
  return upstream;
}

/// One init or join at a time.
class Turn {
 public:
  explicit Turn(bool& busy) : busy_(busy), taken_(!busy) { busy_ = true; }
  ~Turn() { busy_ = busy_ && !taken_; }
  Turn(Turn const&) = delete;
  Turn& operator=(Turn const&) = delete;
  [[nodiscard]] bool taken() const { return taken_; }

 private:
  bool& busy_;
  bool taken_;
};

}  // namespace

Membership::Membership(state::StateStore& store,
                       NodeRunners& runners,
                       EngineDirectory& engines,
                       Manager& manager,
                       Worker& worker,
                       HostNetworks& networks,
                       StateGate& gate,
                       EngineClaim claim,
                       std::vector<cluster::EngineEntry> listed,
                       RandomBytes random)
    : store_(store),
      runners_(runners),
      engines_(engines),
      manager_(manager),
      worker_(worker),
      networks_(networks),
      gate_(gate),
      claim_(std::move(claim)),
      listed_(std::move(listed)),
      random_(std::move(random)) {}

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
    co_return conflict(kForeignSwarm);
  }
  auto ca = cluster::make_root_ca(SystemClock().now(), random_);
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
  Turn const turn(changing_);
  if (!turn.taken()) {
    co_return unavailable(kChanging);
  }
  auto const cluster = store_.snapshot()->cluster;
  if (cluster && options.force_new_cluster) {
    co_return cluster->manager_node;  // One manager with all its state: already what is asked for.
  }
  if (cluster) {
    co_return unavailable(kAlreadyMember);
  }
  if (auto claimed = claim_.take(); !claimed) {
    co_return claimed.error();
  }
  auto founded = co_await found(std::move(options));
  if (!founded) {
    claim_.release();
  }
  co_return founded;
}

asio::awaitable<Result<model::NodeId>> Membership::found(api::InitOptions options) {
  auto founding = co_await prepare(std::move(options));
  if (!founding) {
    co_return founding.error();
  }
  if (auto listening = manager_.listen(founding->addresses.listen); !listening) {
    co_return listening.error();
  }
  auto id = std::make_shared<model::NodeId>();
  auto const shared = std::make_shared<cluster::Founding>(std::move(*founding));
  state::Change change = [this, id, shared](state::Draft& draft) -> Result<void> {
    auto founded = cluster::found_swarm(draft, *shared, random_);
    if (!founded) {
      return founded.error();
    }
    *id = *founded;
    cluster::add_listed_engines(draft, listed_, random_);
    return {};
  };
  auto const written = co_await store_.update(std::move(change));
  if (!written) {
    manager_.step_down();
    co_return written.error();
  }
  if (auto in_office = manager_.take_office(); !in_office) {
    co_return in_office.error();
  }
  room_log("app")->info("swarm.created manager={} engines={}", id->view(), listed_.size() + 1);
  co_return *id;
}

asio::awaitable<Result<void>> Membership::join(wire::JoinRequest request) {
  return join_as(std::move(request), {});
}

asio::awaitable<Result<void>> Membership::join_as(wire::JoinRequest request, std::string hostname) {
  Turn const turn(changing_);
  if (!turn.taken()) {
    co_return unavailable(kChanging);
  }
  if (store_.snapshot()->cluster || worker_.view()) {
    co_return unavailable(kAlreadyMember);
  }
  if (auto claimed = claim_.take(); !claimed) {
    co_return claimed.error();
  }
  auto joined = co_await enrol(std::move(request), std::move(hostname));
  if (!joined && !worker_.view()) {
    claim_.release();
  }
  co_return joined;
}

asio::awaitable<Result<void>> Membership::enrol(wire::JoinRequest request, std::string hostname) {
  auto const info = co_await local_engine()->info();
  if (!info) {
    co_return in_context("asking the engine of this host", info.error());
  }
  if (info->native_swarm_active) {
    co_return conflict(kForeignSwarm);
  }
  if (hostname.empty()) {
    hostname = info->description.hostname;
  }
  Worker::Host host{std::move(hostname), info->id};
  auto joined = co_await worker_.join(std::move(request), std::move(host));
  co_return joined;
}

void Membership::resumed() {
  if (!in_swarm()) {
    return;
  }
  if (auto const claimed = claim_.take(); !claimed) {
    room_log("app")->error("engine.shared reason=\"{}\"", claimed.error().message);
  }
}

asio::awaitable<Result<void>> Membership::add_new_engines() {
  state::Change change = [this](state::Draft& draft) -> Result<void> {
    if (draft.view().cluster) {
      cluster::add_listed_engines(draft, listed_, random_);
    }
    return {};
  };
  auto const written = co_await store_.update(std::move(change));
  if (!written) {
    co_return written.error();
  }
  co_return Result<void>{};
}

asio::awaitable<api::CaChange> Membership::ca_change(api::CaUpdate update) {
  auto const asked = std::make_shared<cluster::CaRequest const>(cluster::CaRequest{
      std::move(update.config), std::move(update.signing_cert), std::move(update.signing_key)});
  auto const cluster = store_.snapshot()->cluster;
  cluster::CaContext context{SystemClock().now(), random_, {}};
  if (cluster) {
    auto question = *asked;
    auto answered = co_await manager_.external_cas().look(cluster, std::move(question));
    context = std::move(answered);
  }
  api::CaChange change = [asked, context = std::move(context)](model::Cluster& changed) {
    return cluster::change_ca(changed, *asked, context);
  };
  co_return change;
}

std::string Membership::new_join_token() {
  auto const cluster = store_.snapshot()->cluster;
  return cluster ? cluster::make_join_token(cluster->tls.trust_root, random_) : std::string{};
}

std::shared_ptr<api::WorkerView const> Membership::worker() const {
  if (!gate_.locked()) {
    return worker_.view();
  }
  api::WorkerView view;
  view.address = gate_.node_addr();
  view.error = cluster::swarm_is_locked().message;
  view.locked = true;
  return std::make_shared<api::WorkerView const>(std::move(view));
}

std::string Membership::new_unlock_key() {
  return cluster::make_unlock_key(random_);
}

std::shared_ptr<backends::Engine> Membership::local_engine() {
  return engines_.local().engine;
}

std::shared_ptr<backends::Engine> Membership::engine_of(model::NodeId const& id) {
  auto const node = store_.snapshot()->find_node(id);
  return node ? engines_.of(*node).engine : nullptr;
}

std::shared_ptr<api::Upstream const> Membership::local_upstream() {
  return std::make_shared<api::Upstream const>(upstream_to(engines_.local()));
}

std::shared_ptr<api::Upstream const> Membership::upstream_of(model::NodeId const& id) {
  auto const node = store_.snapshot()->find_node(id);
  if (!node) {
    return nullptr;
  }
  auto const entry = engines_.of(*node);
  if (!entry.engine) {
    return nullptr;
  }
  auto upstream = upstream_to(entry);
  upstream.facts.server_version = node->description.engine_version;
  return std::make_shared<api::Upstream const>(std::move(upstream));
}

}  // namespace swarmward::app
