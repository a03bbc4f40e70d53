#pragma once

#include <string>
#include <vector>

#include "model/network.h"
#include "model/task.h"

namespace swarmward::scheduler {

// What the makers of network plans read off objects.

/// "10.0.1.5" of "10.0.1.5/24".
[[nodiscard]] std::string without_prefix(std::string const& cidr);

/// The address in the network, without its prefix; empty if there is none.
template <class Addresses>
[[nodiscard]] std::string address_in(Addresses const& addresses, model::NetworkId const& network) {
  for (auto const& [id, address] : addresses) {
    if (id == network) {
      return without_prefix(address);
    }
  }
  return {};
}

/// Of its subnets the first, empty if it has none yet, and the others.
[[nodiscard]] std::string first_subnet(model::Network const& network);
[[nodiscard]] std::vector<std::string> more_subnets(model::Network const& network);

/// It runs and shall run.
[[nodiscard]] bool serves(model::Task const& task);

/// Of the members' interfaces, in bytes.
[[nodiscard]] unsigned mtu_of(model::Network const& network);

}  // namespace swarmward::scheduler
