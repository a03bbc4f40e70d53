// The nodes, as NodeRunners and LivenessDriver treat them.
#include <utility>

#include "scheduler/simulation/manager.h"

namespace swarmward::scheduler::simulation {

using std::chrono::seconds;

namespace {

/// As cluster/node_liveness.h has it.
constexpr auto kNodeDownAfter = seconds(15);

}  // namespace

void Manager::published(state::Snapshot const& snapshot, state::Touched const& touched) {
  in_.watch.published(snapshot);
  for (auto const& touch : touched.nodes) {
    if (!touch.before) {
      node_added(snapshot, *touch.after);
    } else if (!touch.after) {
      node_removed(touch.before->id);
    }
  }
  dispatch(snapshot, touched, *this);
}

void Manager::node_added(state::Snapshot const& snapshot, model::Node const& node) {
  auto const& engine = in_.engines.at(node.engine_name);
  auto& runner = runners_[node.id];
  runner = std::make_shared<SimRunner>(in_.stage, random_.fork(), *engine, node.id, *this);
  runner->begin(tasks_for(snapshot, node.id));
}

void Manager::node_removed(model::NodeId const& id) {
  if (auto found = runners_.extract(id)) {
    found.mapped()->give_up_node();
    leaving_.push_back(std::move(found.mapped()));
  }
}

void Manager::task_changed(model::NodeId const& node, DispatchedTask task) {
  if (auto const runner = runners_.find(node); runner != runners_.end()) {
    runner->second->assign(task.task);
  }
}

void Manager::task_gone(model::NodeId const& node, model::TaskId const& task) {
  if (auto const runner = runners_.find(node); runner != runners_.end()) {
    runner->second->unassign(task);
  }
}

void Manager::sight(model::NodeId const& id, bool reachable) {
  auto const node = store_.head().find_node(id);
  if (!node) {
    return;
  }
  if (!reachable) {
    bool const news = node->status.state != model::NodeState::Down &&
                      silent_since_.try_emplace(id, in_.stage.queue.now()).second;
    if (news) {
      after(kNodeDownAfter, [this] { check_silent(); });
    }
    return;
  }
  silent_since_.erase(id);
  auto const change = [&](state::Draft& draft) -> Result<void> {
    auto seen = *node;
    seen.status.state = model::NodeState::Ready;
    seen.status.message.clear();
    seen.description = in_.engines.at(node->engine_name)->description();
    if (seen.status != node->status || seen.description != node->description) {
      draft.put(std::move(seen));
    }
    return {};
  };
  in_.stage.trace.add("node {} is ready", brief(id));
  static_cast<void>(store_.apply(change));
}

void Manager::check_silent() {
  auto const now = in_.stage.queue.now();
  auto const change = [&](state::Draft& draft) -> Result<void> {
    std::erase_if(silent_since_, [&](auto const& entry) {
      auto const node = draft.view().find_node(entry.first);
      if (node && entry.second + kNodeDownAfter > now) {
        return false;
      }
      if (node) {
        auto lost = *node;
        lost.status.state = model::NodeState::Down;
        lost.status.message = "heartbeat failure";
        in_.stage.trace.add("node {} is down", brief(lost.id));
        draft.put(std::move(lost));
      }
      return true;
    });
    return {};
  };
  static_cast<void>(store_.apply(change));
}

}  // namespace swarmward::scheduler::simulation
