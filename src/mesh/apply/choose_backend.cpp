#include "mesh/apply/choose_backend.h"

#include <string>
#include <vector>

#include <fmt/format.h>

#include "mesh/apply/ipvs.h"
#include "mesh/apply/net_namespace.h"
#include "mesh/apply/nft.h"
#include "mesh/apply/owned_chains.h"
#include "mesh/apply/run_program.h"
#include "mesh/render/ingress_rules.h"
#include "mesh/render/port_chains.h"
#include "mesh/render/vip_chains.h"
#include "mesh/render/vip_rules.h"
#include "mesh/render/virtual_services.h"

namespace swarmward::mesh {
namespace {

/// A network with all that rules are made of.
model::PlannedNetwork sample_network() {
  model::PlannedNetwork network;
  network.id = "sample";
  network.subnet = "10.0.0.0/24";
  network.node_address = "10.0.0.2";
  network.local = {"10.0.0.11"};
  network.peers = {{"10.0.0.3", "192.0.2.1", "10.0.0.3"}};
  network.vips = {{"10.0.0.5", {"10.0.0.11", "10.0.0.12"}}};
  return network;
}

std::vector<model::PlannedPort> sample_ports() {
  return {{8080, 80, model::Protocol::Tcp, {"10.0.0.11", "10.0.0.12"}},
          {8080, 80, model::Protocol::Udp, {"10.0.0.11", "10.0.0.12"}}};
}

Result<void> try_nftables(NetNamespace const& net) {
  auto const vips = plan_vip_rules(sample_network(), VipSource::Client, nullptr);
  auto const ports = plan_ingress_rules(sample_network(), sample_ports(), nullptr);
  return apply_rules(net, {render_vip_table(vips) + render_ingress_tables(ports)});
}

Result<void> try_chains(NetNamespace const& net, std::string const& iptables, Backend backend) {
  auto const network = sample_network();
  auto const vips = backend == Backend::Ipvs ? plan_vip_marks(network)
                                             : plan_vip_chains(network, VipSource::Client);
  if (auto put = OwnedChains(net, iptables, kVipChains).put(vips); !put) {
    return put;
  }
  auto const ports = plan_port_chains(network, sample_ports(), backend, BridgedFrames::Shown);
  return OwnedChains(net, iptables, kPortChains).put(ports);
}

Result<void> try_services(NetNamespace const& net) {
  auto ipvs = Ipvs::open(net);
  if (!ipvs) {
    return ipvs.error();
  }
  if (auto set = set_ipvs_settings(net); !set) {
    return set;
  }
  auto services = plan_vip_services(sample_network());
  for (auto& [service, servers] : services) {
    servers.clear();  // Without any route the kernel takes none.
  }
  return ipvs->put(ServiceKind::Vips, services);
}

/// Both flavours of iptables; first the one that this host's administrator has chosen.
std::vector<std::string> flavours() {
  auto const version = run_program({"iptables", "--version"});
  bool const legacy = version && version->output.find("legacy") != std::string::npos;
  return legacy ? std::vector<std::string>{"iptables-legacy", "iptables-nft"}
                : std::vector<std::string>{"iptables-nft", "iptables-legacy"};
}

Result<ChosenBackend> find_flavour(Backend backend) {
  Result<ChosenBackend> chosen = unavailable("there is no iptables");
  for (auto const& flavour : flavours()) {
    auto const tried = NetNamespace::run_in_new(
        [&](NetNamespace const& net) { return try_chains(net, flavour, backend); });
    if (tried) {
      return ChosenBackend{.backend = backend, .iptables = flavour};
    }
    chosen = tried.error();
  }
  return chosen;
}

Result<ChosenBackend> try_backend(Backend backend) {
  if (backend == Backend::Nftables) {
    auto const tried = NetNamespace::run_in_new(try_nftables);
    return tried ? ChosenBackend{} : Result<ChosenBackend>(tried.error());
  }
  if (backend == Backend::Ipvs) {
    load_ipvs();
    if (auto const tried = NetNamespace::run_in_new(try_services); !tried) {
      return tried.error();
    }
  }
  return find_flavour(backend);
}

char const* cure_of(Backend backend) {
  switch (backend) {
    case Backend::Ipvs:
      return "it needs the kernel's modules ip_vs, ip_vs_rr and xt_ipvs, and iptables";
    case Backend::Iptables:
      return "it needs iptables, and the kernel's modules xt_statistic, xt_conntrack, "
             "xt_connmark, xt_mac, xt_physdev and xt_nat";
    case Backend::Nftables:
      break;
  }
  return "it needs the kernel's modules nf_tables, nft_nat, nft_numgen, nft_ct and nft_fib";
}

Error refused(Backend backend, Error const& error) {
  return unavailable(fmt::format("the mesh backend {} does not work here: {} ({})",
                                 to_text(backend),
                                 error.message,
                                 cure_of(backend)));
}

}  // namespace

Result<ChosenBackend> choose_backend(std::optional<Backend> asked) {
  if (asked) {
    auto chosen = try_backend(*asked);
    return chosen ? chosen : refused(*asked, chosen.error());
  }
  std::string reasons;
  for (auto const backend : {Backend::Nftables, Backend::Ipvs, Backend::Iptables}) {
    auto chosen = try_backend(backend);
    if (chosen) {
      return chosen;
    }
    reasons += (reasons.empty() ? "" : "; ") + refused(backend, chosen.error()).message;
  }
  return unavailable(reasons);
}

}  // namespace swarmward::mesh
