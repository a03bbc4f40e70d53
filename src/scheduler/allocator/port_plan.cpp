#include "scheduler/allocator/port_plan.h"

#include <algorithm>

#include "model/protocol_text.h"

namespace swarmward::scheduler {

namespace {

bool is_ingress(model::PortConfig const& port) {
  return port.publish_mode == model::PublishMode::Ingress;
}

bool is_open(model::PortConfig const& wish) {
  return is_ingress(wish) && wish.published_port == 0;
}

PortNumber number_of(model::PortConfig const& port) {
  return {port.protocol, port.published_port};
}

/// What a client would call the same port after an update.
bool same_port(model::PortConfig const& a, model::PortConfig const& b) {
  return a.name == b.name && a.protocol == b.protocol && a.target_port == b.target_port &&
         a.publish_mode == b.publish_mode;
}

/// The port that stood for this wish before, or 0. Each can be kept once.
std::uint32_t keep(model::PortConfig const& wish,
                   std::vector<model::PortConfig>& held,
                   std::set<PortNumber> const& taken) {
  auto const found = std::ranges::find_if(held, [&](model::PortConfig const& port) {
    return same_port(port, wish) && port.published_port != 0 && !taken.contains(number_of(port));
  });
  if (found == held.end()) {
    return 0;
  }
  auto const port = found->published_port;
  held.erase(found);
  return port;
}

/// The next free port of the dynamic range, or 0 if all are taken.
std::uint32_t choose(model::Protocol protocol,
                     std::set<PortNumber> const& taken,
                     PortCursor& cursor) {
  constexpr auto kCount = kLastDynamicPort - kFirstDynamicPort + 1;
  auto& next = cursor.next.at(static_cast<std::size_t>(protocol));
  for (std::uint32_t tried = 0; tried < kCount; ++tried) {
    auto const port = next;
    next = port == kLastDynamicPort ? kFirstDynamicPort : port + 1;
    if (!taken.contains({protocol, port})) {
      return port;
    }
  }
  return 0;
}

std::string exhausted(model::Protocol protocol) {
  return "no free port to publish: all of " + std::to_string(kFirstDynamicPort) + "-" +
         std::to_string(kLastDynamicPort) + "/" + model::protocol_text(protocol) + " are in use";
}

/// Ports that the wish leaves open come last when an endpoint changes. Source: swarm mode.
std::vector<model::PortConfig> in_order_of_updates(std::span<model::PortConfig const> wanted) {
  std::vector<model::PortConfig> ports(wanted.begin(), wanted.end());
  std::stable_partition(
      ports.begin(), ports.end(), [](auto const& wish) { return !is_open(wish); });
  return ports;
}

bool satisfies_in_this_order(std::span<model::PortConfig const> ports,
                             std::span<model::PortConfig const> wanted) {
  return std::ranges::equal(ports, wanted, [](auto const& port, auto const& wish) {
    if (is_open(wish)) {
      return same_port(port, wish) && port.published_port != 0;
    }
    return port == wish;
  });
}

/// Claims the ports that the spec names. Returns why it cannot, or nothing.
std::string claim_named(std::span<model::PortConfig const> wanted, std::set<PortNumber>& taken) {
  for (auto const& wish : wanted) {
    if (wish.published_port == 0) {
      continue;
    }
    bool const fresh = taken.insert(number_of(wish)).second;
    if (!fresh && is_ingress(wish)) {
      return "published port " + std::to_string(wish.published_port) + "/" +
             model::protocol_text(wish.protocol) + " is in use by another service";
    }
  }
  return {};
}

}  // namespace

PortPlan plan_ports(std::span<model::PortConfig const> wanted,
                    std::span<model::PortConfig const> held,
                    std::set<PortNumber> taken,
                    PortCursor& cursor) {
  PortPlan plan{{wanted.begin(), wanted.end()}, claim_named(wanted, taken)};
  if (!held.empty()) {
    plan.ports = in_order_of_updates(wanted);
  }
  std::vector<model::PortConfig> known(held.begin(), held.end());
  // First all that is kept, so that no new wish gets what another one had.
  for (auto& port : plan.ports) {
    if (is_open(port)) {
      port.published_port = keep(port, known, taken);
      taken.insert(number_of(port));
    }
  }
  for (auto& port : plan.ports) {
    if (is_open(port)) {
      port.published_port = choose(port.protocol, taken, cursor);
      taken.insert(number_of(port));
      plan.err = plan.err.empty() && port.published_port == 0 ? exhausted(port.protocol) : plan.err;
    }
  }
  return plan;
}

bool satisfies_wish(std::span<model::PortConfig const> ports,
                    std::span<model::PortConfig const> wanted) {
  return satisfies_in_this_order(ports, wanted) ||
         satisfies_in_this_order(ports, in_order_of_updates(wanted));
}

}  // namespace swarmward::scheduler
