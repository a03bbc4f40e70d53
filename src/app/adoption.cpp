#include "app/adoption.h"

#include <boost/asio/ip/tcp.hpp>

#include "app/adoption_advice.h"
#include "backends/docker/docker_engine.h"
#include "backends/runner/done.h"
#include "base/log.h"
#include "base/net/as_result.h"
#include "base/net/ssh_dialer.h"
#include "base/net/tls_dialer.h"
#include "cluster/admission.h"

namespace swarmward::app {

namespace {

namespace asio = boost::asio;

Result<net::DialerPtr> tcp_dialer(model::EngineAccess const& access) {
  auto address = net::parse_engine_address(access.url);
  if (!address) {
    return address.error();
  }
  if (address->is_unix() || (access.ca.empty() && access.certificate.empty())) {
    return net::make_plain_dialer(std::move(*address));
  }
  auto context = net::make_tls_context({access.certificate, access.key},
                                       access.ca,
                                       net::PeerProof::TrustedName,
                                       net::TlsVersions::From12);
  if (!context) {
    return context.error();
  }
  net::TlsRoute route{std::move(*address), std::move(*context), nullptr};
  return net::make_tls_dialer(
      [route = std::move(route)]() -> Result<net::TlsRoute> { return route; }, access.url);
}

Result<void> check_name(state::Snapshot const& snapshot, std::string const& name) {
  if (name == "all") {
    return invalid_argument("the name all is taken: the filter node=all means every node");
  }
  for (auto const& [id, node] : snapshot.nodes) {
    if (node->description.hostname == name || id.view() == name) {
      return conflict("the name " + name + " is taken by node " + id.str());
    }
  }
  return {};
}

/// What does not answer cannot be told from the newcomer.
Result<void> check_engine(state::Snapshot const& snapshot,
                          std::string const& engine_id,
                          model::NodeId const& except) {
  if (auto const node = cluster::node_of_engine(snapshot, engine_id, except)) {
    return conflict("that engine is the one of node " + node->description.hostname + " already");
  }
  return {};
}

/// A node of that name that joined by itself: it may be what an adoption with an agent made, when
/// this daemon ended before it had noted the way. Empty if there is none.
model::NodeId joined_so(state::Snapshot const& snapshot, std::string const& name) {
  for (auto const& [id, node] : snapshot.nodes) {
    if (node->description.hostname == name && node->access.agent_port != 0 &&
        node->access.url.empty()) {
      return id;
    }
  }
  return {};
}

Error not_asked(model::EngineAccess const& access, Error error, std::string const& known_hosts) {
  error.code =
      ErrorCode::Unavailable;  // What the engine refuses us is not what we refuse our client.
  error.message = "the engine at " + access.url + " cannot be adopted: " + error.message + ": " +
                  access_cure(access, error.message, known_hosts);
  return error;
}

}  // namespace

Adoption::Adoption(state::StateStore& store,
                   EngineDirectory& engines,
                   asio::any_io_executor executor,
                   RandomBytes random,
                   std::filesystem::path const& data_root)
    : store_(store),
      engines_(engines),
      executor_(std::move(executor)),
      random_(std::move(random)),
      ssh_(std::filesystem::absolute(data_root) / "ssh"),
      agents_(store, engines, executor_) {
  ssh_.remove_old_keys();
}

Result<net::DialerPtr> Adoption::dialer_to(model::Node const& node) const {
  if (!node.access.url.starts_with("ssh://")) {
    return tcp_dialer(node.access);
  }
  auto target = net::parse_ssh_address(node.access.url);
  if (!target) {
    return target.error();
  }
  if (auto made = ssh_.make_folder(); !made) {
    return made.error();
  }
  std::shared_ptr<std::filesystem::path const> key;
  if (!node.access.ssh_identity.empty()) {
    auto written = ssh_.write_key(node.access.ssh_identity);
    if (!written) {
      return written.error();
    }
    key = *written;
    target->identity_file = key->string();
  }
  target->known_hosts = ssh_.known_hosts().string();
  target->control_path = ssh_.control_path(node.id);
  return net::make_ssh_dialer(std::move(*target), key);
}

/// What the engine says of itself.
asio::awaitable<Result<backends::EngineInfo>> Adoption::ask(model::Node const* node) {
  auto dialer = dialer_to(*node);
  if (!dialer) {
    co_return dialer.error();
  }
  auto const engine = backends::make_docker_engine(executor_, std::move(*dialer));
  // A ping is given up after seconds, other questions only after a minute.
  auto const alive = co_await engine->ping();
  if (!alive) {
    co_return not_asked(node->access, alive.error(), ssh_.known_hosts().string());
  }
  auto info = co_await engine->info();
  if (!info) {
    co_return not_asked(node->access, info.error(), ssh_.known_hosts().string());
  }
  if (info->native_swarm_active) {
    co_return conflict("the engine at " + node->access.url +
                       " is in a swarm of its own: run \"docker swarm leave --force\" there first");
  }
  co_return std::move(*info);
}

/// What others find in the node's status: an IP where the name has one.
asio::awaitable<std::string> Adoption::address_of(std::string const* url) {
  std::string host;
  if (auto const ssh = net::parse_ssh_address(*url)) {
    host = ssh->host;
  } else if (auto const tcp = net::parse_engine_address(*url)) {
    host = tcp->host;
  }
  auto const cluster = store_.snapshot()->cluster;
  if (host.empty()) {
    co_return cluster ? cluster->advertise_addr : host;
  }
  asio::ip::tcp::resolver resolver(executor_);
  auto const [error, found] = co_await resolver.async_resolve(host, "", net::kAsResult);
  co_return error || found.empty() ? host : found.begin()->endpoint().address().to_string();
}

asio::awaitable<Result<api::Adopted>> Adoption::adopt(api::AdoptRequest request) {
  if (auto const valid = check_access(request.access); !valid) {
    co_return valid.error();
  }
  auto const snapshot = store_.snapshot();
  auto const joined = request.with_agent ? joined_so(*snapshot, request.name) : model::NodeId();
  if (auto const free = check_name(*snapshot, request.name); joined.empty() && !free) {
    co_return free.error();
  }
  model::Node node;
  node.id = new_id<model::NodeTag>(random_);
  node.access = std::move(request.access);
  auto asking = ask(&node);
  auto const stranger = co_await std::move(asking);
  if (!stranger) {
    co_return stranger.error();
  }
  // An engine that does not say its id cannot be told from others: its own address stands for it.
  Taken const claim(claimed_, stranger->id.empty() ? node.access.url : stranger->id);
  if (!claim.ours()) {
    co_return conflict("that engine is being adopted already");
  }
  if (auto const fresh = check_engine(*store_.snapshot(), stranger->id, joined); !fresh) {
    co_return fresh.error();
  }
  if (request.with_agent) {
    AgentWish wish{request.name, node.access, request.engine_socket, stranger->id, joined};
    auto adopted = co_await put_agent(std::move(node), std::move(wish));
    co_return adopted;
  }
  node.engine_id = stranger->id;
  node.description = stranger->description;
  node.description.hostname = request.name;
  node.status.addr = co_await address_of(&node.access.url);
  auto adopted = co_await add(std::move(node));
  co_return adopted;
}

asio::awaitable<Result<api::Adopted>> Adoption::add(model::Node node) {
  auto const name = node.description.hostname;
  api::Adopted adopted{node.id, access_warning(node.access)};
  state::Change change = [node](state::Draft& draft) -> Result<void> {
    if (!draft.view().cluster) {
      return unavailable("This node is not part of a swarm");
    }
    if (auto const fresh = check_name(draft.view(), node.description.hostname); !fresh) {
      return fresh;
    }
    if (auto const fresh = check_engine(draft.view(), node.engine_id, {}); !fresh) {
      return fresh;
    }
    auto added = node;
    added.description.tls = draft.view().cluster->tls;
    draft.put(std::move(added));
    return {};
  };
  auto const written = co_await store_.update(std::move(change));
  if (!written) {
    co_return written.error();
  }
  room_log("app")->info("node.adopted node={} engine={}", name, node.access.url);
  if (!adopted.warning.empty()) {
    room_log("app")->warn("node.without_tls node={} hint=\"{}\"", name, adopted.warning);
  }
  co_return adopted;
}

}  // namespace swarmward::app
