// How this host leaves its swarm: the other half of membership.cpp.
#include <algorithm>
#include <set>
#include <utility>

#include "app/files/task_file_places.h"
#include "app/membership.h"
#include "app/networks/attached_leave.h"
#include "backends/runner/network_keeper.h"
#include "base/log.h"

namespace swarmward::app {

namespace {

constexpr char const* kNotMember = "This node is not part of a swarm";
constexpr char const* kLastManager =
    "You are attempting to leave the swarm on a node that is participating as a manager. Removing "
    "the last manager erases all current state of the swarm. Use `--force` to ignore this "
    "message. ";
constexpr char const* kLeavingLocked =
    "Swarm is encrypted and locked. Please unlock it first or use `--force` to ignore this "
    "message.";
constexpr char const* kNodeLabel = "com.docker.swarm.node.id";

bool is_id(std::string_view text) {
  return text.size() == kIdLength && std::ranges::all_of(text, [](char c) {
           return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z');
         });
}

}  // namespace

/// None of the node's containers is left to show them.
void Membership::forget_files(model::NodeId const& node) {
  if (!is_id(node.view())) {
    return;  // From a label that anybody may write: no path is made of it.
  }
  auto const removed = local_task_files(node)->keep_only_now({});
  if (!removed) {
    room_log("app")->warn("node.files_left error=\"{}\"", removed.error().message);
  }
}

/// Containers go with the membership, as natively; an engine that does not answer keeps none back.
asio::awaitable<Result<void>> Membership::leave_as_worker() {
  backends::NodeIdentity node{worker_.view()->node, {}, {}};
  auto label = std::string(kNodeLabel) + "=" + node.id.str();
  co_await worker_.leave();
  auto removed = co_await remove_containers(std::move(label));
  auto engine = local_engine();
  co_await disconnect_attached(engine, local_upstream(), node.id);
  forget_files(node.id);
  auto const executor = co_await boost::asio::this_coro::executor;
  auto const networks =
      std::make_shared<backends::NetworkKeeper>(executor, std::move(engine), std::move(node));
  co_await networks->remove_all();
  co_await networks_.leave();
  co_return removed;
}

/// Nobody can tell any more which node this was, or what runs on others.
asio::awaitable<Result<void>> Membership::leave_locked() {
  auto removed = co_await remove_containers(kNodeLabel);
  if (!removed) {
    co_return removed;
  }
  manager_.step_down();
  co_await networks_.leave();
  auto forgotten = gate_.forget();
  if (forgotten) {
    room_log("app")->info("swarm.left locked=true");
  }
  co_return forgotten;
}

/// Those of this host's engine that carry the label.
asio::awaitable<Result<void>> Membership::remove_containers(std::string label) {
  auto const engine = local_engine();
  auto const containers = co_await engine->list_containers(std::move(label));
  if (!containers) {
    co_return in_context(
        "the swarm was left, but its containers are still here: when the engine "
        "answers, run docker rm -f $(docker ps -aq --filter label=" +
            std::string(kNodeLabel) + ")",
        containers.error());
  }
  std::set<std::string> nodes;
  for (auto const& container : *containers) {
    if (auto const node = container.labels.find(kNodeLabel); node != container.labels.end()) {
      nodes.insert(node->second);
    }
    auto const removed = co_await engine->remove_container(container.id, backends::KeepVolumes::No);
    if (!removed) {
      room_log("app")->warn(
          "container.not_removed id={} reason=\"{}\"", container.id, removed.error().message);
    }
  }
  for (auto const& node : nodes) {
    forget_files(model::NodeId(node));
  }
  co_return Result<void>{};
}

asio::awaitable<Result<void>> Membership::leave(api::Force force) {
  auto left = co_await depart(force);
  if (!in_swarm() && !gate_.locked()) {
    claim_.release();
  }
  co_return left;
}

asio::awaitable<Result<void>> Membership::depart(api::Force force) {
  if (gate_.locked()) {
    if (force == api::Force::No) {
      co_return unavailable(kLeavingLocked);
    }
    auto left = co_await leave_locked();
    co_return left;
  }
  if (worker_.view()) {
    auto left = co_await leave_as_worker();
    co_return left;
  }
  if (!store_.snapshot()->cluster) {
    co_return unavailable(kNotMember);
  }
  if (force == api::Force::No) {
    co_return unavailable(kLastManager);
  }
  auto const own_node = store_.snapshot()->cluster->manager_node;
  co_await disconnect_attached(local_engine(), local_upstream(), own_node);
  // Containers first: should we be cut off, the swarm is still there and leaving can be repeated.
  co_await runners_.remove_all_containers();
  state::Change change = [](state::Draft& draft) -> Result<void> {
    if (draft.view().cluster) {
      cluster::dissolve_swarm(draft);
    }
    return {};
  };
  auto const written = co_await store_.update(std::move(change));
  if (!written) {
    co_return written.error();
  }
  manager_.step_down();
  forget_files(own_node);
  co_await networks_.leave();
  room_log("app")->info("swarm.left");
  co_return Result<void>{};
}

}  // namespace swarmward::app
