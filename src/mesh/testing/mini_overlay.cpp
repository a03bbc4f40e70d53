#include "mesh/testing/mini_overlay.h"

#include <stdexcept>

#include <fmt/format.h>

#include "mesh/apply/member_wires.h"

namespace swarmward::mesh {
namespace {

constexpr std::uint32_t kVni = 4097;

/// A step that fails makes the whole test worthless.
std::string must(std::string output) {
  if (output.starts_with("FAILED")) {
    throw std::runtime_error(output);
  }
  return output;
}

std::string subnet_of(std::string const& node) {
  return node.substr(0, node.rfind('.')) + ".0/24";
}

}  // namespace

void MiniOverlayTest::SetUp() {
  ScratchNetTest::SetUp();
  if (IsSkipped()) {
    return;
  }
  wire_ = std::make_unique<NetNamespace>(NetNamespace::current().value());
  must(shell(*wire_, "ip link add wire type bridge && ip link set wire up"));
}

NetNamespace MiniOverlayTest::make_namespace(std::string const& name) {
  auto net = NetNamespace::make(folder() / name).value();
  must(shell(net, "ip link set lo up"));
  return net;
}

NetNamespace MiniOverlayTest::plug_in(std::string const& name) {
  auto net = make_namespace(name);
  ++plugged_;
  auto const port = fmt::format("w{}", plugged_);
  must(shell(
      *wire_,
      fmt::format(
          "ip link add {0} type veth peer name eth0 netns {1} && ip link set {0} master wire up",
          port,
          (folder() / name).string())));
  must(shell(net,
             fmt::format("ip addr add 192.0.2.{}/24 dev eth0 && ip link set eth0 up", plugged_)));
  return net;
}

MiniOverlayTest::Host& MiniOverlayTest::add_host(std::string const& node) {
  auto net = plug_in(fmt::format("host{}", plugged_ + 1));
  auto address = fmt::format("192.0.2.{}", plugged_);
  hosts_.push_back(std::make_unique<Host>(Host{std::move(address), node, std::move(net), nullptr}));
  join_overlay(*hosts_.back(), {});
  return *hosts_.back();
}

NetNamespace& MiniOverlayTest::add_outsider() {
  outsiders_.push_back(
      std::make_unique<NetNamespace>(plug_in(fmt::format("outsider{}", plugged_ + 1))));
  return *outsiders_.back();
}

MiniOverlayTest::Task& MiniOverlayTest::add_task(Host& host, std::string const& address) {
  auto const file = "task-" + address;
  auto net = make_namespace(file);
  auto const mac = mac_of(parse_address(address).value());
  auto const attached = host.net.run([&]() -> Result<void> {
    auto const device =
        attach_member(*host.overlay, {.endpoint = address, .mac = mac, .mtu = mtu_}).value();
    must(shell(
        NetNamespace::current().value(),
        fmt::format("ip link set {} netns {} name eth0", device, (folder() / file).string())));
    return {};
  });
  attached.value();
  must(shell(net, fmt::format("ip addr add {}/24 dev eth0 && ip link set eth0 up", address)));
  auto server = std::make_unique<NameServer>(net, address, 80);
  tasks_.push_back(std::make_unique<Task>(Task{address, &host, std::move(net), std::move(server)}));
  return *tasks_.back();
}

void MiniOverlayTest::connect(std::vector<std::string> const& vips) {
  for (auto const& host : hosts_) {
    join_overlay(*host, vips);
  }
}

model::PlannedNetwork MiniOverlayTest::plan(Host const& host) const {
  model::PlannedNetwork network;
  network.id = "n1";
  network.vni = kVni;
  network.subnet = subnet_of(host.node);
  network.node_address = host.node;
  for (auto const& other : hosts_) {
    if (other.get() != &host) {
      network.peers.push_back({other->node, other->address, other->node});
    }
  }
  for (auto const& task : tasks_) {
    if (task->host == &host) {
      network.local.push_back(task->address);
    } else {
      network.peers.push_back({task->address, task->host->address, task->host->node});
    }
  }
  return network;
}

void MiniOverlayTest::join_overlay(Host& host, std::vector<std::string> const& vips) {
  OverlaySpec spec;
  spec.vni = kVni;
  spec.subnet = parse_subnet(subnet_of(host.node)).value();
  spec.node = parse_address(host.node).value();
  spec.mtu = mtu_;
  for (auto const& vip : vips) {
    spec.vips.push_back(parse_address(vip).value());
  }
  for (auto const& peer : plan(host).peers) {
    spec.peers.push_back(
        {.address = parse_address(peer.address).value(), .host = parse_address(peer.host).value()});
  }
  auto const joined = host.net.run([&]() -> Result<void> {
    auto home = apply_overlay(folder() / ("overlay-" + host.address), spec, {});
    if (!home) {
      return home.error();
    }
    if (!host.overlay) {
      host.overlay = std::make_unique<NetNamespace>(std::move(*home));
    }
    return {};
  });
  joined.value();
}

}  // namespace swarmward::mesh
