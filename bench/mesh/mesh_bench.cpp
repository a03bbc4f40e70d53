// How long it takes to program VIPs and published ports, and to change one of many.
//
//   mesh_bench [SERVICES...]     default: 1000 10000; ten backends each. Needs root; works in
//   network
//                                namespaces of its own, which end with it.
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <functional>
#include <string>
#include <thread>
#include <vector>

#include <sched.h>
#include <sys/resource.h>

#include "mesh/address.h"
#include "mesh/apply/balancing_parts.h"
#include "mesh/apply/ingress.h"
#include "mesh/apply/overlay.h"
#include "mesh/apply/vip_table.h"
#include "mesh/host_networks.h"

namespace {

using namespace swarmward;
using namespace swarmward::mesh;
namespace fs = std::filesystem;

constexpr int kBackends = 10;
constexpr int kChanges = 20;
constexpr std::chrono::milliseconds kRest{50};
constexpr std::uint32_t kFirstVip = 0x0A800005;      // 10.128.0.5
constexpr std::uint32_t kFirstBackend = 0x0A810001;  // 10.129.0.1

/// Ends the program on an error: a figure of something that failed says nothing.
void must(Result<void> const& done) {
  if (!done) {
    std::fprintf(stderr, "%s\n", done.error().message.c_str());
    std::exit(1);
  }
}

double milliseconds(std::function<Result<void>()> const& work) {
  auto const start = std::chrono::steady_clock::now();
  must(work());
  return std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start)
      .count();
}

std::vector<std::string> backends_of(int service) {
  std::vector<std::string> backends;
  for (int i = 0; i < kBackends; ++i) {
    backends.push_back(
        to_text(Address{kFirstBackend + static_cast<std::uint32_t>(service * kBackends + i)}));
  }
  return backends;
}

model::PlannedNetwork plan_network(int services) {
  model::PlannedNetwork network;
  network.subnet = "10.128.0.0/9";
  network.node_address = "10.128.0.2";
  for (int i = 0; i < services; ++i) {
    network.vips.push_back(
        {to_text(Address{kFirstVip + static_cast<std::uint32_t>(i)}), backends_of(i)});
  }
  return network;
}

std::vector<model::PlannedPort> plan_ports(int services) {
  std::vector<model::PlannedPort> ports;
  for (int i = 0; i < services; ++i) {
    ports.push_back(
        {static_cast<std::uint32_t>(20000 + i), 80, model::Protocol::Tcp, backends_of(i)});
  }
  return ports;
}

/// Means of changes that take a backend out of one service and put it back, turn by turn.
struct Changes {
  double single;  ///< Each for itself.
  /// One right after the other: it waits until the kernel has thrown away what the last one
  /// removed.
  double in_row;
};

Changes measure_changes(std::vector<std::string>& backends,
                        std::function<Result<void>()> const& apply) {
  auto const mean = [&](std::chrono::milliseconds rest) {
    double total = 0;
    for (int i = 0; i < kChanges; ++i) {
      if (i % 2 == 0) {
        backends.pop_back();
      } else {
        backends.push_back("10.130.0.1");
      }
      std::this_thread::sleep_for(rest);
      total += milliseconds(apply);
    }
    return total / kChanges;
  };
  auto const single = mean(kRest);
  return {.single = single, .in_row = mean({})};
}

void report(char const* what, int services, double all, Changes change, double check) {
  std::printf(
      "%-6s %6d services x %d: all %8.1f ms, one change %6.1f ms (in a row %6.1f ms), check %5.1f "
      "ms\n",
      what,
      services,
      kBackends,
      all,
      change.single,
      change.in_row,
      check);
  std::fflush(stdout);
}

void measure(int services, NetNamespace const& host, fs::path const& folder) {
  OverlaySpec spec;
  spec.vni = 4096;
  spec.subnet = parse_subnet("10.128.0.0/9").value();
  spec.node = parse_address("10.128.0.2").value();
  auto const file = folder / std::to_string(services);
  auto const home = apply_overlay(file, spec, {}).value();
  auto network = plan_network(services);
  VipTable vips(home);
  auto const apply_vips = [&] { return vips.apply(network); };
  auto const all_vips = milliseconds(apply_vips);
  auto const one_vip =
      measure_changes(network.vips[static_cast<std::size_t>(services / 2)].backends, apply_vips);
  report("vips", services, all_vips, one_vip, milliseconds([&] { return vips.reassert(); }));
  must(vips.remove());

  auto ports = plan_ports(services);
  network.vips.clear();
  auto ingress = Ingress::make(host).value();
  must(ingress.ensure(home, network));
  auto const apply_ports = [&] { return ingress.apply(ports); };
  auto const all_ports = milliseconds(apply_ports);
  auto const one_port =
      measure_changes(ports[static_cast<std::size_t>(services / 2)].backends, apply_ports);
  report("ports", services, all_ports, one_port, milliseconds([&] { return ingress.reassert(); }));
  must(ingress.remove());
  must(remove_overlay(file));
}

/// The whole way of a plan on a host whose tasks are all elsewhere: a change of one task of a
/// service, its neighbours and its published port, and the plan kept on disk.
void measure_host(int services, NetNamespace const& host, fs::path const& folder) {
  model::PlannedNetwork ingress;
  ingress.id = "ingress";
  ingress.name = "ingress";
  ingress.vni = 4097;
  ingress.subnet = "10.128.0.0/9";
  ingress.node_address = "10.128.0.2";
  for (int i = 0; i < services; ++i) {
    for (auto const& address : backends_of(i)) {
      ingress.peers.push_back({address, "192.0.2.1"});
    }
  }
  model::NetworkPlan plan;
  plan.networks = {ingress};
  plan.ingress = ingress.id;
  plan.ports = plan_ports(services);
  auto parts = BalancingParts::make(host).value();
  HostNetworks networks({.namespaces = folder / "netns",
                         .state = folder / "state.json",
                         .plan = folder / "plan.json"},
                        {},
                        {&parts});
  auto const follow = [&] { return networks.follow(plan); };
  auto const all = milliseconds(follow);
  auto& backends = plan.ports[static_cast<std::size_t>(services / 2)].backends;
  auto const last = backends.back();
  double total = 0;
  for (int i = 0; i < kChanges; ++i) {
    bool const leaves = i % 2 == 0;
    leaves ? backends.pop_back() : backends.push_back(last);
    plan.networks[0].change([&](model::PlannedNetwork& network) {
      auto const peer = model::PlannedPeer{last, "192.0.2.1"};
      leaves ? void(std::erase(network.peers, peer)) : network.peers.push_back(peer);
    });
    std::this_thread::sleep_for(kRest);
    total += milliseconds(follow);
  }
  auto const check = milliseconds(follow);
  std::printf(
      "host   %6d services x %d: all %8.1f ms, one change %6.1f ms, a look at everything "
      "%6.1f ms\n",
      services,
      kBackends,
      all,
      total / kChanges,
      check);
  std::fflush(stdout);
  must(networks.remove_all());
}

}  // namespace

int main(int argc, char** argv) {
  std::vector<int> sizes;
  for (int i = 1; i < argc; ++i) {
    sizes.push_back(std::atoi(argv[i]));
  }
  if (sizes.empty()) {
    sizes = {1000, 10000};
  }
  rlimit const files{65536, 65536};  // A reserved port is a descriptor.
  setrlimit(RLIMIT_NOFILE, &files);
  std::string folder = (fs::temp_directory_path() / "mesh-bench-XXXXXX").string();
  if (mkdtemp(folder.data()) == nullptr || unshare(CLONE_NEWNET) != 0) {
    std::perror("mesh_bench: needs root");
    return 1;
  }
  {
    auto const host = NetNamespace::current().value();
    for (int const services : sizes) {
      measure(services, host, folder);
      measure_host(services, host, folder);
    }
  }
  fs::remove_all(folder);
}
