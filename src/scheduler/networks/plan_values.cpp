#include "scheduler/networks/plan_values.h"

#include <cstdlib>

#include "scheduler/networks/network_plan.h"

namespace swarmward::scheduler {

namespace {

/// Source: swarm mode, VXLAN over Ethernet, and ESP below it.
constexpr unsigned kDefaultMtu = 1450;
constexpr unsigned kEncryptedMtu = 1424;
constexpr char const* kMtuOption = "com.docker.network.driver.mtu";

}  // namespace

std::string without_prefix(std::string const& cidr) {
  return cidr.substr(0, cidr.find('/'));
}

std::string first_subnet(model::Network const& network) {
  return network.ipam.empty() ? std::string() : network.ipam.front().subnet;
}

std::vector<std::string> more_subnets(model::Network const& network) {
  std::vector<std::string> subnets;
  for (std::size_t i = 1; i < network.ipam.size(); ++i) {
    subnets.push_back(network.ipam[i].subnet);
  }
  return subnets;
}

bool serves(model::Task const& task) {
  return task.status.state == model::TaskState::Running &&
         task.desired_state < model::TaskState::Shutdown;
}

unsigned mtu_of(model::Network const& network) {
  auto const usual = is_encrypted(network) ? kEncryptedMtu : kDefaultMtu;
  auto const option = network.spec.driver.options.find(kMtuOption);
  if (option == network.spec.driver.options.end()) {
    return usual;
  }
  auto const mtu = std::strtoul(option->second.c_str(), nullptr, 10);
  constexpr unsigned long kLeast = 68;  // RFC 791
  constexpr unsigned long kMost = 65535;
  return mtu >= kLeast && mtu <= kMost ? static_cast<unsigned>(mtu) : usual;
}

}  // namespace swarmward::scheduler
