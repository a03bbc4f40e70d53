#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "mesh/address.h"
#include "mesh/apply/net_namespace.h"

namespace swarmward::mesh {

/// What the server says of these names, from inside the namespace: their addresses of version 4, an
/// empty set for "there is none". Names without an answer within a second are missing.
[[nodiscard]] std::map<std::string, std::set<Address>> ask_names(
    NetNamespace const& home,
    Address server,
    std::vector<std::string> const& names,
    std::uint16_t port = 53);

}  // namespace swarmward::mesh
