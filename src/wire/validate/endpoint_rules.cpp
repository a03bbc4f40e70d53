#include <set>
#include <utility>

#include "wire/validate/rules.h"

namespace swarmward::wire {

namespace {

constexpr std::uint32_t kMaxPort = 65535;

/// Native takes such a port in and leaves the tasks in `new` for ever, without a word.
Result<void> validate_range(model::PortConfig const& port) {
  if (port.target_port > kMaxPort) {
    return rule_broken("EndpointSpec: target port " + std::to_string(port.target_port) +
                       " is out of range: use a port from 1 to 65535");
  }
  if (port.published_port > kMaxPort) {
    return rule_broken("EndpointSpec: published port " + std::to_string(port.published_port) +
                       " is out of range: use a port from 1 to 65535, or leave it out to have one "
                       "chosen");
  }
  return {};
}

}  // namespace

Result<void> validate_endpoint(model::EndpointSpec const& endpoint) {
  std::set<std::pair<std::uint32_t, model::Protocol>> published;
  for (auto const& port : endpoint.ports) {
    bool const ingress = port.publish_mode == model::PublishMode::Ingress;
    if (endpoint.mode == model::EndpointMode::Dnsrr && ingress) {
      return rule_broken(
          "EndpointSpec: port published with ingress mode can't be used with dnsrr mode");
    }
    if (port.published_port != 0 && !published.emplace(port.published_port, port.protocol).second) {
      return rule_broken("EndpointSpec: duplicate published ports provided");
    }
    if (auto checked = validate_range(port); !checked) {
      return checked;
    }
  }
  return {};
}

}  // namespace swarmward::wire
