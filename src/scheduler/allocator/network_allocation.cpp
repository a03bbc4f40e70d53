#include "scheduler/allocator/network_allocation.h"

#include <algorithm>
#include <charconv>

#include "base/result.h"

namespace swarmward::scheduler {

namespace {

/// Source: swarm mode. The option names the id, or several with commas, one for each subnet. We
/// use the first: all subnets of a network are on one wire.
constexpr char const* kVniOption = "com.docker.network.driver.overlay.vxlanid_list";
constexpr std::uint32_t kFirstVni = 4096;
constexpr std::uint32_t kLastVni = (1U << 24U) - 1;

std::uint32_t asked_vni(model::NetworkSpec const& spec) {
  auto const option = spec.driver.options.find(kVniOption);
  std::uint32_t vni = 0;
  if (option != spec.driver.options.end()) {
    auto const& text = option->second;
    std::from_chars(text.data(), text.data() + text.size(), vni);
  }
  return vni;
}

/// The network that has it; null if none has.
state::NetworkPtr holder_of(state::Snapshot const& snapshot,
                            model::Network const& self,
                            std::uint32_t vni) {
  for (auto const [id, other] : snapshot.networks) {
    if (other->vni == vni && other->id != self.id) {
      return other;
    }
  }
  return nullptr;
}

std::uint32_t choose_vni(state::Snapshot const& snapshot, std::uint32_t last) {
  std::set<std::uint32_t> taken;
  for (auto const [id, other] : snapshot.networks) {
    taken.insert(other->vni);
  }
  auto const after = [](std::uint32_t vni) {
    return vni < kFirstVni || vni >= kLastVni ? kFirstVni : vni + 1;
  };
  auto vni = after(last);
  while (taken.contains(vni)) {
    vni = after(vni);
  }
  return vni;
}

bool overlaps_any(Subnet const& subnet, std::set<Subnet> const& taken) {
  return std::ranges::any_of(taken, [&](Subnet const& other) { return overlap(subnet, other); });
}

NetworkAllocation failed(std::string err) {
  return {0, {}, std::move(err)};
}

/// Fills in what was not asked for. Errors: why it cannot be had.
Result<Subnet> allocate_range(model::IpamConfig& config,
                              std::set<Subnet> const& taken,
                              SubnetPool& pool) {
  auto subnet = parse_subnet(config.subnet);
  if (!config.subnet.empty() && (!subnet || overlaps_any(*subnet, taken))) {
    return conflict("invalid pool request: Pool overlaps with other one on this address space");
  }
  if (!subnet) {
    subnet = pool.next(taken);
  }
  if (!subnet) {
    return unavailable(
        "could not find an available, non-overlapping IPv4 address pool among the "
        "defaults to assign to the network");
  }
  auto const range = parse_subnet(config.range);
  if (!config.range.empty() && (!range || !overlap(*range, *subnet))) {
    return invalid_argument("the IP range " + config.range + " is not part of the subnet " +
                            to_string(*subnet));
  }
  config.subnet = to_string(*subnet);
  if (config.gateway.empty()) {
    config.gateway = dotted(AddressPool(*subnet).gateway());
  }
  return *subnet;
}

}  // namespace

PoolConfig pool_of(model::Cluster const& cluster) {
  PoolConfig config;
  config.subnet_prefix_length = cluster.subnet_size == 0 ? 24 : cluster.subnet_size;
  std::vector<Subnet> pools;
  for (auto const& text : cluster.default_addr_pool.value_or(std::vector<std::string>{})) {
    if (auto const pool = parse_subnet(text)) {
      pools.push_back(*pool);
    }
  }
  if (!pools.empty()) {
    config.pools = std::move(pools);
  }
  return config;
}

NetworkAllocation allocate_network(state::Snapshot const& snapshot,
                                   model::Network const& network,
                                   std::set<Subnet> const& taken,
                                   SubnetPool& pool,
                                   std::uint32_t last) {
  auto const asked = asked_vni(network.spec);
  if (asked > kLastVni) {
    return failed("the VXLAN id asked for is not one");
  }
  if (auto const holder = asked == 0 ? nullptr : holder_of(snapshot, network, asked)) {
    return failed("requested VXLAN id " + std::to_string(asked) + " is in use by network " +
                  std::string(holder->name()));
  }
  NetworkAllocation given{asked == 0 ? choose_vni(snapshot, last) : asked, network.spec.ipam, {}};
  // Without a subnet, one of the pool; what else was asked for (options, a gateway) stays.
  if (given.ipam.empty()) {
    given.ipam.emplace_back();
  }
  if (network.spec.ingress && given.ipam.size() > 1) {
    return failed("the network for published ports can have one subnet only");
  }
  auto all = taken;
  for (auto& config : given.ipam) {
    auto const subnet = allocate_range(config, all, pool);
    if (!subnet) {
      return failed(subnet.error().message);
    }
    all.insert(*subnet);
  }
  return given;
}

}  // namespace swarmward::scheduler
