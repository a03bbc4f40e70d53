#include "mesh/render/published_rules.h"

#include <algorithm>
#include <iterator>

#include <fmt/format.h>

#include "mesh/render/balancer.h"
#include "model/protocol_text.h"

namespace swarmward::mesh {
namespace {

constexpr std::uint32_t kMostPort = 65535;

/// Those that one has and the other has not, as elements of the two sets.
std::string changed(char const* verb,
                    std::set<Published> const& of,
                    std::set<Published> const& without) {
  std::vector<Published> left;
  std::ranges::set_difference(of, without, std::back_inserter(left));
  std::vector<std::string> everywhere;
  std::vector<std::string> bound;
  for (auto const& one : left) {
    if (one.at == Address{}) {
      everywhere.push_back(published_text(one));
    } else {
      bound.push_back(to_text(one.at) + " . " + published_text(one));
    }
  }
  auto const command = fmt::format("{} element {} ", verb, kPublishedTable);
  return render_elements(command + "published", everywhere) +
         render_elements(command + "bound", bound);
}

}  // namespace

std::optional<Published> published_port(model::PlannedPort const& port) {
  auto const valid = [](std::uint32_t number) { return number > 0 && number <= kMostPort; };
  if (!valid(port.published_port) || !valid(port.target_port)) {
    return std::nullopt;
  }
  return Published{
      .protocol = port.protocol, .port = static_cast<std::uint16_t>(port.published_port), .at = {}};
}

std::string published_text(Published const& published) {
  return fmt::format("{} . {}", model::protocol_text(published.protocol), published.port);
}

std::set<Published> plan_published(std::vector<model::PlannedPort> const& ports,
                                   InterfaceAddresses const& of_interface) {
  std::set<Published> published;
  for (auto const& port : ports) {
    auto one = published_port(port);
    if (!one) {
      continue;
    }
    if (port.at.empty()) {
      published.insert(*one);
    }
    for (auto const& place : port.at) {
      auto const address = parse_address(place);
      for (auto const at : address ? std::vector{*address} : of_interface(place)) {
        one->at = at;
        published.insert(*one);
      }
    }
  }
  return published;
}

std::string render_published_table(PublishedRules const& rules) {
  // Before the engine's own rules, whose priorities are -100 and 100. Processes of the host that
  // ask 127.0.0.1 need a source that the other side can answer.
  auto const text = fmt::format(
      "add table {0}\n"
      "delete table {0}\n"
      "table {0} {{\n"
      "  set published {{ type inet_proto . inet_service; }}\n"
      "  set bound {{ type ipv4_addr . inet_proto . inet_service; }}\n"
      "  chain arrive {{\n"
      "    type nat hook prerouting priority -110; policy accept;\n"
      "    fib daddr type local meta l4proto . th dport @published dnat to {1}\n"
      "    fib daddr type local ip daddr . meta l4proto . th dport @bound dnat to {1}\n"
      "  }}\n"
      "  chain local {{\n"
      "    type nat hook output priority -110; policy accept;\n"
      "    fib daddr type local meta l4proto . th dport @published dnat to {1}\n"
      "    fib daddr type local ip daddr . meta l4proto . th dport @bound dnat to {1}\n"
      "  }}\n"
      "  chain source {{\n"
      "    type nat hook postrouting priority 90; policy accept;\n"
      "    oifname \"{2}\" ip saddr 127.0.0.0/8 snat to {3}\n"
      "  }}\n"
      "}}\n",
      kPublishedTable,
      to_text(rules.ingress_side),
      kHostDevice,
      to_text(rules.host_side));
  return text + changed("add", rules.ports, {});
}

std::string render_published_change(PublishedRules const& previous, PublishedRules const& wanted) {
  if (previous.host_side != wanted.host_side || previous.ingress_side != wanted.ingress_side) {
    return render_published_table(wanted);
  }
  return changed("delete", previous.ports, wanted.ports) +
         changed("add", wanted.ports, previous.ports);
}

}  // namespace swarmward::mesh
