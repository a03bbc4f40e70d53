#pragma once

#include <string>
#include <string_view>

// What shares connections on a node, as its administrator finds it. Pure; backends are called as
// model::NetworkPath has them.

namespace swarmward::api {

/// What hands published ports over to the ingress network.
[[nodiscard]] inline std::string publisher_of(std::string_view backend) {
  bool const chains = backend == "ipvs" || backend == "iptables";
  return chains ? "chain WARD-PUB-ALL" : "table ip ward_published";
}

/// What picks a task: of published ports, or of a virtual address.
[[nodiscard]] inline std::string sharer_of(std::string_view backend, bool ingress) {
  if (backend == "ipvs") {
    return "IPVS";
  }
  if (backend == "iptables") {
    return ingress ? "chains WARD-PORT-…" : "chains WARD-VIP-…";
  }
  return ingress ? "table ip ward_ingress" : "table ip ward_vip";
}

}  // namespace swarmward::api
