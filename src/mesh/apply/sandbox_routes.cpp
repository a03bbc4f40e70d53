#include "mesh/apply/sandbox_routes.h"

#include <chrono>
#include <utility>

#include "base/log.h"
#include "mesh/apply/interface_addresses.h"
#include "mesh/apply/links.h"
#include "mesh/apply/routes.h"
#include "mesh/apply/sysctl.h"

namespace swarmward::mesh {
namespace {

/// In the task's namespace, where nobody else has tables as a rule.
constexpr std::uint32_t kSandboxTable = 100;
constexpr std::uint32_t kSandboxPriority = 100;

constexpr std::chrono::milliseconds kInterfacePause{2};
/// The engine sets up one interface in some milliseconds; a busy one in some hundred.
constexpr std::chrono::seconds kInterfacePatience{10};

Result<Link> find_interface(Netlink& netlink, Address address) {
  auto const links = list_links(netlink);
  if (!links) {
    return links.error();
  }
  for (auto const& link : *links) {
    auto const addresses = list_addresses(netlink, link.index);
    if (!addresses) {
      return addresses.error();
    }
    for (auto const& one : *addresses) {
      if (one.address == address && link.up) {
        return link;
      }
    }
  }
  return not_found("no interface has the address " + to_text(address));
}

}  // namespace

Result<void> set_sandbox_route(SandboxRoute const& route) {
  auto const home = NetNamespace::open(route.sandbox);
  if (!home) {
    return home.error();
  }
  auto netlink = Netlink::open(*home);
  if (!netlink) {
    return netlink.error();
  }
  auto const device = find_interface(*netlink, route.address);
  if (!device) {
    return device.error();
  }
  auto const set =
      home->run([&] { return set_sysctl("net/ipv4/conf/" + device->name + "/rp_filter", "0"); });
  if (!set) {
    return set;
  }
  Route const near{.to = route.subnet, .index = device->index, .table = kSandboxTable};
  Route const far{
      .to = {}, .via = route.node, .index = device->index, .table = kSandboxTable, .onlink = true};
  for (auto const& one : {near, far}) {
    if (auto put = put_route(*netlink, one); !put) {
      return put;
    }
  }
  RoutingRule const rule{.priority = kSandboxPriority,
                         .table = kSandboxTable,
                         .from = Subnet{.base = route.address, .length = 32}};
  return put_rule(*netlink, rule);
}

SandboxRoutes::SandboxRoutes() : thread_([this] { work(); }) {}

SandboxRoutes::~SandboxRoutes() {
  {
    std::lock_guard const lock(mutex_);
    stopped_ = true;
  }
  changed_.notify_all();
  thread_.join();
}

void SandboxRoutes::set(SandboxRoute route) {
  {
    std::lock_guard const lock(mutex_);
    waiting_.push_back(std::move(route));
  }
  changed_.notify_all();
}

void SandboxRoutes::work() {
  using Clock = std::chrono::steady_clock;
  struct Try {
    SandboxRoute route;
    Clock::time_point until;
  };
  std::deque<Try> tries;
  std::unique_lock lock(mutex_);
  while (!stopped_) {
    if (tries.empty()) {
      changed_.wait(lock, [this] { return stopped_ || !waiting_.empty(); });
    } else {
      changed_.wait_for(lock, kInterfacePause);
    }
    for (auto& route : std::exchange(waiting_, {})) {
      tries.push_back({std::move(route), Clock::now() + kInterfacePatience});
    }
    lock.unlock();
    std::erase_if(tries, [](Try const& one) {
      auto const set = set_sandbox_route(one.route);
      bool const late = Clock::now() > one.until;
      if (!set && late) {
        room_log("mesh")->warn("ingress.task_without_route address={} reason=\"{}\"",
                               to_text(one.route.address),
                               set.error().message);
      }
      return set || late;
    });
    lock.lock();
  }
}

}  // namespace swarmward::mesh
