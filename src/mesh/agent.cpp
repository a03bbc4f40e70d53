#include "mesh/agent.h"

#include <utility>

#include "base/log.h"
#include "mesh/host_networks.h"
#include "mesh/plugin/socket_server.h"

namespace swarmward::mesh {

NetworkPaths network_paths(AgentOptions const& options) {
  return {.namespaces = options.run_folder / "netns",
          .state = options.state_folder / "mesh-state.json",
          .plan = options.state_folder / "mesh-plan.json"};
}

/// The networks, and the socket by which the engine reaches them.
class Agent::Door {
 public:
  Door(AgentOptions const& options, Underlay underlay, std::mutex& mutex)
      : networks_(network_paths(options), underlay, options.parts),
        server_(options.plugin_folder / (options.plugin_name + ".sock"),
                [this, &mutex](std::string const& path, std::string const& body) {
                  std::lock_guard const lock(mutex);
                  return answer_engine(path, body, networks_);
                }) {}

  HostNetworks networks_;
  SocketServer server_;
};

Agent::Agent(AgentOptions options) : options_(std::move(options)) {}

Agent::~Agent() {
  stop();
}

Result<void> Agent::start() {
  Underlay underlay;
  if (!options_.data_path_address.empty()) {
    underlay.local = parse_address(options_.data_path_address);
    if (!underlay.local) {
      return invalid_argument("the data path address " + options_.data_path_address +
                              " is no address of version 4");
    }
  }
  std::lock_guard const lock(mutex_);
  auto door = std::make_unique<Door>(options_, underlay, mutex_);
  door->networks_.load();
  if (auto const rebuilt = door->networks_.reconcile(); !rebuilt) {
    room_log("mesh")->error("agent.rebuilt_in_part reason=\"{}\"", rebuilt.error().message);
  }
  if (auto serving = door->server_.start(); !serving) {
    return serving;
  }
  door_ = std::move(door);
  room_log("mesh")->info("agent.serving plugin={}", options_.plugin_name);
  return {};
}

void Agent::stop() {
  if (door_) {
    // Without the mutex: requests that run now need it to end.
    door_->server_.stop();
  }
}

Result<void> Agent::remove() {
  std::lock_guard const lock(mutex_);
  auto removed = door_ ? door_->networks_.remove_all() : Result<void>();
  door_.reset();
  return removed;
}

Result<void> Agent::apply(model::NetworkPlan plan) {
  std::lock_guard const lock(mutex_);
  if (!door_) {
    return unavailable("the agent of networks is not started");
  }
  return door_->networks_.follow(std::move(plan));
}

Result<void> Agent::reassert() {
  std::lock_guard const lock(mutex_);
  if (!door_) {
    return unavailable("the agent of networks is not started");
  }
  auto looked_at = door_->networks_.reconcile();
  auto forgotten = door_->networks_.forget_ended();
  return looked_at ? forgotten : looked_at;
}

}  // namespace swarmward::mesh
