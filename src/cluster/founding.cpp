#include "cluster/founding.h"

#include <array>
#include <charconv>
#include <map>

#include <arpa/inet.h>

#include "base/net/host_text.h"
#include "cluster/pki/join_token.h"
#include "cluster/pki/unlock_key.h"

namespace swarmward::cluster {

Result<void> check_data_path(std::uint32_t port, std::uint32_t subnet_size) {
  if (port != 0 && (port < 1024 || port > 49151)) {
    return internal_error("Datapath port number is not in valid range (1024-49151) : " +
                          std::to_string(port));
  }
  if (subnet_size > 29) {
    return internal_error("subnet size is out of range: " + std::to_string(subnet_size));
  }
  return {};
}

namespace {

/// The prefix length of a CIDR; nothing if it is malformed.
std::optional<unsigned> prefix_length(std::string const& cidr) {
  auto const slash = cidr.find('/');
  if (slash == std::string::npos) {
    return std::nullopt;
  }
  auto const address = cidr.substr(0, slash);
  std::array<unsigned char, 16> buffer{};
  bool const v4 = ::inet_pton(AF_INET, address.c_str(), buffer.data()) == 1;
  bool const v6 = !v4 && ::inet_pton(AF_INET6, address.c_str(), buffer.data()) == 1;
  unsigned length = 0;
  auto const* end = cidr.data() + cidr.size();
  auto const [stop, error] = std::from_chars(cidr.data() + slash + 1, end, length);
  bool const fits = error == std::errc() && stop == end && length <= (v4 ? 32U : 128U);
  return (v4 || v6) && fits ? std::optional(length) : std::nullopt;
}

}  // namespace

Result<void> check_address_pools(std::vector<std::string> const& pools, std::uint32_t subnet_size) {
  for (auto const& pool : pools) {
    auto const length = prefix_length(pool);
    if (!length) {
      return internal_error("invalid base pool " + pool + ": invalid CIDR address: " + pool);
    }
    auto const size = subnet_size == 0 ? 24 : subnet_size;
    if (*length > size) {
      return internal_error("invalid CIDR: \"" + pool +
                            "\". Subnet size is too small for pool: " + std::to_string(size));
    }
  }
  return {};
}

namespace {

/// Every swarm has one from the start, as natively.
model::Network ingress_network(RandomBytes const& random) {
  model::Network network;
  network.id = new_id<model::NetworkTag>(random);
  network.spec.annotations.name = "ingress";
  network.spec.driver.name = "overlay";
  network.spec.ingress = true;
  return network;
}

}  // namespace

Result<model::NodeId> found_swarm(state::Draft& draft,
                                  Founding const& founding,
                                  RandomBytes const& random) {
  if (draft.view().cluster) {
    return unavailable(
        "This node is already part of a swarm. Use \"docker swarm leave\" to leave this swarm and "
        "join another one.");
  }
  auto const tls = tls_info(founding.ca.certificate);
  if (!tls) {
    return tls.error();
  }
  model::Node node;
  node.id = new_id<model::NodeTag>(random);
  node.spec.role = model::NodeRole::Manager;
  node.spec.availability = founding.availability;
  node.role = model::NodeRole::Manager;
  node.description = founding.local_description;
  node.description.tls = *tls;
  node.status = {model::NodeState::Ready, {}, founding.addresses.advertise};
  auto const shown = net::in_brackets(founding.addresses.advertise);
  node.manager = model::ManagerStatus{true, true, shown + ":" + founding.addresses.port};
  node.engine_name = kLocalEngine;
  node.data_path_addr = founding.addresses.data_path;

  model::Cluster cluster;
  cluster.id = new_id<model::ClusterTag>(random);
  cluster.spec = founding.spec;
  cluster.tls = *tls;
  cluster.ca_key = founding.ca.key;
  cluster.worker_token = make_join_token(founding.ca.certificate, random);
  cluster.manager_token = make_join_token(founding.ca.certificate, random);
  // Absent is native's default; an empty list, as the CLI sends it, stays empty.
  cluster.default_addr_pool =
      founding.default_addr_pool.value_or(std::vector<std::string>{"10.0.0.0/8"});
  cluster.subnet_size = founding.subnet_size == 0 ? 24 : founding.subnet_size;
  cluster.data_path_port = founding.data_path_port == 0 ? 4789 : founding.data_path_port;
  cluster.advertise_addr = founding.addresses.advertise;
  cluster.advertise_addr_own = founding.addresses.own;
  cluster.listen_addr = founding.addresses.listen;
  cluster.manager_node = node.id;
  if (cluster.spec.autolock) {
    cluster.unlock_key = make_unlock_key(random);
  }
  draft.put(std::move(cluster));
  draft.put(ingress_network(random));
  auto const id = node.id;
  draft.put(std::move(node));
  return id;
}

void add_listed_engines(state::Draft& draft,
                        std::vector<EngineEntry> const& engines,
                        RandomBytes const& random) {
  std::map<std::string, state::NodePtr> known;
  for (auto const [id, node] : draft.view().nodes) {
    known.emplace(node->engine_name, node);
  }
  for (auto const& engine : engines) {
    if (engine.name == kLocalEngine) {
      continue;
    }
    if (auto const found = known.find(engine.name); found != known.end()) {
      if (found->second->same_host != engine.same_host) {
        auto moved = *found->second;
        moved.same_host = engine.same_host;
        draft.put(std::move(moved));
      }
      continue;
    }
    model::Node node;
    node.id = new_id<model::NodeTag>(random);
    node.engine_name = engine.name;
    node.same_host = engine.same_host;
    node.description.hostname = engine.name;
    node.description.tls = draft.view().cluster->tls;
    node.status.addr =
        engine.address.empty() ? draft.view().cluster->advertise_addr : engine.address;
    draft.put(std::move(node));
  }
}

void dissolve_swarm(state::Draft& draft) {
  auto const before = draft.view();
  for (auto const [id, task] : before.tasks) {
    draft.erase(id);
  }
  for (auto const [id, service] : before.services) {
    draft.erase(id);
  }
  for (auto const [id, node] : before.nodes) {
    draft.erase(id);
  }
  for (auto const [id, network] : before.networks) {
    draft.erase(id);
  }
  for (auto const [id, secret] : before.secrets) {
    draft.erase(id);
  }
  for (auto const [id, config] : before.configs) {
    draft.erase(id);
  }
  for (auto const [id, credential] : before.credentials) {
    draft.erase(id);
  }
  draft.erase_cluster();
}

}  // namespace swarmward::cluster
