#include <algorithm>

#include <fmt/format.h>

#include "mesh/inspect/compare.h"
#include "mesh/render/ingress_rules.h"
#include "mesh/render/published_rules.h"

namespace swarmward::mesh {
namespace {

/// One end of the pair of devices between the host and the ingress network.
struct LinkEnd {
  char const* name;
  Address address;
  std::vector<Link> const& links;
  std::vector<InterfaceAddress> const& addresses;
};

void compare_end(LinkEnd const& end, unsigned mtu, Findings& findings) {
  auto const device = std::ranges::find(end.links, std::string(end.name), &Link::name);
  findings.looked(2);
  if (device == end.links.end()) {
    findings.add("link.missing",
                 fmt::format("there is no device {}: published ports are not answered", end.name),
                 "it was removed by hand, or could not be made");
    return;
  }
  if (!device->up) {
    findings.add("link.down",
                 fmt::format("{} is down: published ports are not answered", end.name),
                 "somebody changed it by hand, or another program manages it");
  }
  if (device->mtu != mtu) {
    findings.add("link.mtu",
                 fmt::format("{} has MTU {} instead of {}", end.name, device->mtu, mtu),
                 "somebody changed it by hand");
  }
  if (std::ranges::find(end.addresses, end.address, &InterfaceAddress::address) ==
      end.addresses.end()) {
    findings.add("link.address",
                 fmt::format("{} does not have the address {}: published ports are not answered",
                             end.name,
                             to_text(end.address)),
                 "somebody changed it by hand, or a program that manages networks did");
  }
}

/// "tcp . 8080" is "port 8080/tcp".
KeyNames port_names(std::vector<model::PlannedPort> const& ports) {
  KeyNames names;
  for (auto const& port : ports) {
    if (auto const published = published_port(port)) {
      auto const key = published_text(*published);
      names[key] = fmt::format("port {}/{}", published->port, key.substr(0, key.find(' ')));
    }
  }
  return names;
}

void compare_forward(ObservedIngress const& seen, Findings& findings) {
  findings.looked();
  if (!seen.drops) {
    findings.add("forward.unreadable",
                 "the host's firewall cannot be read: " + seen.drops.error().message,
                 "a program holds its lock, or iptables is broken",
                 "run the named command on the node and mend what it says");
    return;
  }
  for (auto const& stack : *seen.drops) {
    findings.add(
        "forward.drops",
        fmt::format("the chain FORWARD of {} drops published ports: it lacks our accepts", stack),
        "a firewall was started anew, or the engine made its chains anew");
  }
}

void compare_reservations(std::set<Published> const& ports,
                          KeyNames const& names,
                          ObservedIngress const& seen,
                          Findings& findings) {
  for (auto const& published : ports) {
    findings.looked();
    auto const holder = seen.holders.find(published);
    auto const& name = names.at(published_text(published));
    if (holder == seen.holders.end()) {
      if (published.protocol != model::Protocol::Sctp && !seen.absent.contains(published.at)) {
        findings.add("port.unreserved",
                     name + " is not reserved: another program of this host may take it",
                     "the agent has just begun to publish it");
      }
    } else if (!holder->second.ours) {
      findings.add("port.taken",
                   fmt::format("{} is taken by {}: clients on this host may meet that program",
                               name,
                               holder->second.program),
                   "the program had the port before the service was published",
                   "stop that program or give it another port; or publish another port: docker "
                   "service update --publish-rm … --publish-add …");
    }
  }
}

}  // namespace

void compare_ingress(model::NetworkPlan const& plan,
                     model::PlannedNetwork const& network,
                     IngressLink const& link,
                     std::set<Published> const& ports,
                     ObservedIngress const& seen,
                     Findings& findings) {
  compare_end(
      {kHostDevice, link.host_side, seen.host_links, seen.host_addresses}, network.mtu, findings);
  compare_end({kIngressDevice, link.ingress_side, seen.inner_links, seen.inner_addresses},
              network.mtu,
              findings);
  compare_settings(host_link_settings(), seen.host_settings, "the host's namespace", findings);
  compare_settings(
      ingress_settings(), seen.inner_settings, "the ingress network's namespace", findings);
  auto const names = port_names(plan.ports);
  for (auto const& part : seen.published) {
    compare_shared(part, names, findings);
  }
  for (auto const& part : seen.shared) {
    compare_shared(part, names, findings);
  }
  compare_forward(seen, findings);
  compare_reservations(ports, names, seen, findings);
}

}  // namespace swarmward::mesh
