#include "mesh/apply/encryption_parts.h"

#include <set>

#include <arpa/inet.h>
#include <sys/socket.h>
#include <unistd.h>

#include "mesh/apply/xfrm.h"
#include "mesh/difference.h"

namespace swarmward::mesh {

namespace {

/// The address that the kernel would speak from to another host; nothing is sent.
std::optional<Address> source_towards(Address host) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(9);  // Any will do.
  address.sin_addr.s_addr = htonl(host.value);
  auto* const raw = reinterpret_cast<sockaddr*>(&address);
  socklen_t size = sizeof address;
  int const fd = ::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  bool const told = fd >= 0 && ::connect(fd, raw, size) == 0 && ::getsockname(fd, raw, &size) == 0;
  if (fd >= 0) {
    ::close(fd);
  }
  return told ? std::optional(Address{ntohl(address.sin_addr.s_addr)}) : std::nullopt;
}

/// New flows come first, then packets are sent by them, then old ones go: so none is lost.
Result<void> apply_flows(Netlink& xfrm, EncryptionWanted const& wanted) {
  auto const flows = list_flows(xfrm);
  auto const routes = list_secure_routes(xfrm);
  if (!flows || !routes) {
    return !flows ? flows.error() : routes.error();
  }
  auto const flow_change = difference(*flows, wanted.flows);
  auto const route_change = difference(*routes, wanted.routes);
  Result<void> outcome;
  std::set<std::pair<Address, std::uint32_t>> fresh;
  auto const note = [&](Result<void> const& done) {
    if (!done && outcome) {
      outcome = done;
    }
  };
  for (auto const& flow : flow_change.add) {
    note(put_flow(xfrm, flow));
    fresh.emplace(flow.destination, flow.spi);
  }
  std::set<std::pair<Address, Address>> kept;
  for (auto const& route : route_change.add) {
    note(put_secure_route(xfrm, route));
  }
  for (auto const& route : wanted.routes) {
    kept.emplace(route.source, route.destination);
  }
  for (auto const& route : route_change.remove) {
    // One that was replaced is gone already.
    bool const replaced =
        kept.contains({route.source, route.destination}) && route.port == wanted.port;
    note(replaced ? Result<void>() : remove_secure_route(xfrm, route));
  }
  for (auto const& flow : flow_change.remove) {
    bool const replaced = fresh.contains({flow.destination, flow.spi});
    note(replaced ? Result<void>() : remove_flow(xfrm, flow));
  }
  return outcome;
}

}  // namespace

EncryptionParts::EncryptionParts(NetNamespace const& host, bool kernel_can)
    : host_(host), kernel_can_(kernel_can), tables_(host, {kEncryptionTable}) {}

Result<void> EncryptionParts::prepare(model::PlannedNetwork const& network,
                                      model::NetworkPlan const& plan) {
  if (!network.encrypted) {
    present_.erase(network.id);
    return {};
  }
  if (!kernel_can_) {
    return unavailable(
        "the network is encrypted, which this host's kernel cannot do: it lacks ESP "
        "with AES-GCM (the modules esp4, gcm and xfrm_user) or nftables");
  }
  present_[network.id] = network.vni;
  auto const wanted = wanted_by(plan);
  return applied_ == wanted ? Result<void>() : apply(wanted);
}

Result<void> EncryptionParts::put(NetNamespace const& /*home*/,
                                  model::SharedNetwork const& /*network*/) {
  return {};
}

void EncryptionParts::take(NetNamespace const& /*home*/, model::PlannedNetwork const& network) {
  present_.erase(network.id);
}

Result<void> EncryptionParts::finish(NetNamespace const* /*ingress*/,
                                     model::NetworkPlan const& plan) {
  if (!kernel_can_) {
    return {};
  }
  auto const wanted = wanted_by(plan);
  return wanted.vnis.empty() ? remove_all() : apply(wanted);
}

EncryptionWanted EncryptionParts::wanted_by(model::NetworkPlan const& plan) const {
  std::set<std::uint32_t> vnis;
  for (auto const& [id, vni] : present_) {
    vnis.insert(vni);
  }
  std::map<Address, Address> sources;
  auto const looked = host_.run([&]() -> Result<void> {
    for (auto const peer : encrypted_peers(plan)) {
      if (auto const source = source_towards(peer)) {
        sources.emplace(peer, *source);
      }
    }
    return {};
  });
  // Without them the address that others know is taken, which is the same on most hosts.
  static_cast<void>(looked);
  return plan_encryption(plan, vnis, sources);
}

Result<void> EncryptionParts::apply(EncryptionWanted const& wanted) {
  applied_.reset();
  clean_ = false;
  if (auto done = apply_table(wanted); !done) {
    return done;
  }
  if (wanted.keys_known) {
    auto xfrm = Netlink::open(host_, NETLINK_XFRM);
    if (!xfrm) {
      return xfrm.error();
    }
    if (auto done = apply_flows(*xfrm, wanted); !done) {
      return done;
    }
  }
  applied_ = wanted;
  return {};
}

Result<void> EncryptionParts::apply_table(EncryptionWanted const& wanted) {
  auto rules = render_encryption_table(wanted);
  if (rules == rules_ && tables_.intact()) {
    return {};
  }
  rules_.clear();
  auto done = tables_.run(rules);
  if (done) {
    rules_ = std::move(rules);
  }
  return done;
}

Result<void> EncryptionParts::remove_all() {
  if (clean_) {
    return {};
  }
  applied_.reset();
  rules_.clear();
  if (auto removed = tables_.remove(); !removed) {
    return removed;
  }
  auto xfrm = Netlink::open(host_, NETLINK_XFRM);
  if (!xfrm) {
    return xfrm.error();
  }
  auto removed = apply_flows(*xfrm, {});
  clean_ = removed.has_value();
  return removed;
}

}  // namespace swarmward::mesh
