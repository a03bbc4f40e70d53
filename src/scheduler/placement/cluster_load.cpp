#include "scheduler/placement/cluster_load.h"

#include <algorithm>

namespace swarmward::scheduler {

namespace {

/// It holds its share, even while it is stopping. Containers that are no tasks of a service have
/// none.
bool is_assigned(model::Task const& task) {
  return !task.node_id.empty() && !task.service_id.empty() &&
         task.status.state >= model::TaskState::Assigned && !model::is_terminal(task.status.state);
}

/// Both count alike, so nothing moves.
bool counts_alike(model::Task const& a, model::Task const& b) {
  return a.node_id == b.node_id && is_assigned(a) == is_assigned(b) && is_active(a) == is_active(b);
}

}  // namespace

bool is_active(model::Task const& task) {
  return is_assigned(task) && task.desired_state <= model::TaskState::Complete;
}

std::optional<Share> share_held(model::Task const& task) {
  if (!is_assigned(task)) {
    return std::nullopt;
  }
  auto share = share_of(task);
  if (!task.generic_resources.empty()) {
    share.generic = task.generic_resources;
  }
  return share;
}

void ClusterLoad::rebuild(state::Snapshot const& head, Time now) {
  auto const next = position() + 1;  // Whoever followed the log must start anew.
  *this = ClusterLoad();
  log_start_ = next;
  for (auto const [id, node] : head.nodes) {
    touch_node({nullptr, node});
  }
  for (auto const [id, task] : head.tasks) {
    count(*task, 1);
    note_failure(*task, now);
  }
  log_start_ += log_.size();
  log_.clear();
}

void ClusterLoad::touch(state::Touched const& touched, Time now) {
  for (auto const& touch : touched.nodes) {
    touch_node(touch);
  }
  for (auto const& touch : touched.tasks) {
    touch_task(touch, now);
  }
}

void ClusterLoad::touch_node(state::Touch<model::Node> const& touch) {
  auto const& id = (touch.after ? touch.after : touch.before)->id;
  auto known = index_.find(id);
  if (!touch.after) {
    if (known != index_.end()) {
      nodes_[known->second] = NodeLoad();
      log(known->second, true);
      unused_.push_back(known->second);
      index_.erase(known);
    }
    return;
  }
  if (known == index_.end()) {
    auto at = static_cast<Index>(nodes_.size());
    if (unused_.empty()) {
      nodes_.emplace_back();
    } else {
      at = unused_.back();
      unused_.pop_back();
    }
    known = index_.emplace(id, at).first;
  }
  auto& load = nodes_[known->second];
  bool const same = load.node && load.node->spec == touch.after->spec &&
                    load.node->status.state == touch.after->status.state &&
                    load.node->status.addr == touch.after->status.addr &&
                    load.node->can_encrypt == touch.after->can_encrypt &&
                    load.node->description == touch.after->description &&
                    load.node->access.agent_port == touch.after->access.agent_port &&
                    load.node->same_host == touch.after->same_host &&
                    load.node->role == touch.after->role;
  load.define(touch.after);
  if (!same) {
    log(known->second, true);
  }
}

void ClusterLoad::touch_task(state::Touch<model::Task> const& touch, Time now) {
  auto const& [before, after] = touch;
  bool const ended = after && !after->service_id.empty() && model::is_terminal(after->status.state);
  if (ended && (!before || !model::is_terminal(before->status.state))) {
    note_failure(*after, now);
  }
  if (before && after && counts_alike(*before, *after)) {
    return;
  }
  if (before) {
    count(*before, -1);
  }
  if (after) {
    count(*after, 1);
  }
}

void ClusterLoad::count(model::Task const& task, int by) {
  auto const share = share_held(task);
  auto const at = share ? find(task.node_id) : kNoNode;
  if (at == kNoNode) {
    return;
  }
  auto& load = nodes_[at];
  by > 0 ? load.add_share(*share) : load.remove_share(*share);
  if (is_active(task)) {
    load.add_active(by);
  }
  if (by < 0) {
    log(at, false);
  }
}

void ClusterLoad::note_failure(model::Task const& task, Time now) {
  auto const foreign = failures_.note(task, now);
  if (auto const at = find(foreign.node); at != kNoNode) {
    auto& ports = nodes_[at].foreign_ports;
    ports.insert(ports.end(), foreign.ports.begin(), foreign.ports.end());
  }
}

void ClusterLoad::expire(Time now) {
  for (auto const& foreign : failures_.expire(now)) {
    auto const at = find(foreign.node);
    if (at == kNoNode) {
      continue;
    }
    auto& ports = nodes_[at].foreign_ports;
    for (auto const& port : foreign.ports) {
      if (auto const found = std::ranges::find(ports, port); found != ports.end()) {
        ports.erase(found);
      }
    }
    log(at, false);
  }
}

std::vector<model::GenericResource> ClusterLoad::assign(Index node, Share const& share) {
  auto& load = nodes_[node];
  if (share.generic.empty()) {
    load.add_share(share);
    load.add_active(1);
    return {};
  }
  auto given = share;
  given.generic = hand_out(load, share);
  load.add_share(given);
  load.add_active(1);
  return given.generic;
}

ClusterLoad::Index ClusterLoad::find(model::NodeId const& id) const {
  auto const found = index_.find(id);
  return found == index_.end() ? kNoNode : found->second;
}

void ClusterLoad::log(Index node, bool definition) {
  if (log_.size() >= std::max<std::size_t>(1024, nodes_.size())) {
    log_start_ += log_.size();
    log_.clear();
  }
  log_.push_back({node, definition});
}

std::optional<std::vector<ClusterLoad::Change>> ClusterLoad::changes_since(
    std::uint64_t position) const {
  if (position < log_start_ || position > log_start_ + log_.size()) {
    return std::nullopt;
  }
  auto const from = static_cast<std::ptrdiff_t>(position - log_start_);
  return std::vector<Change>(log_.begin() + from, log_.end());
}

}  // namespace swarmward::scheduler
