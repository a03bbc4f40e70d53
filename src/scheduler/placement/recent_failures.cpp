#include "scheduler/placement/recent_failures.h"

#include <algorithm>

#include "scheduler/service_view.h"

namespace swarmward::scheduler {

namespace {

template <class Map>
RecentFailures::Counts const& counts_of(Map const& map, typename Map::key_type const& key) {
  static RecentFailures::Counts const kNone;
  auto const found = map.find(key);
  return found == map.end() ? kNone : found->second;
}

template <class Map>
void take_off(Map& map, typename Map::key_type const& key, model::NodeId const& node) {
  auto const found = map.find(key);
  if (--found->second[node] == 0) {
    found->second.erase(node);
  }
  if (found->second.empty()) {
    map.erase(found);
  }
}

/// The engine's text for a host port that is taken; it names the port in most cases.
std::vector<PublishedPort> taken_ports(model::Task const& task) {
  if (!task.status.err.contains("port is already allocated")) {
    return {};
  }
  auto const all = share_of(task).host_ports;
  std::vector<PublishedPort> named;
  std::ranges::copy_if(all, std::back_inserter(named), [&](PublishedPort const& port) {
    return task.status.err.contains(":" + std::to_string(port.second) + " ");
  });
  return named.empty() ? all : named;
}

}  // namespace

RecentFailures::ForeignPorts RecentFailures::note(model::Task const& task, Time now) {
  auto const state = task.status.state;
  bool const failed = state == model::TaskState::Failed || state == model::TaskState::Rejected;
  if (!failed || is_evicted(task) || task.node_id.empty() ||
      now - task.status.timestamp >= kFailureWindow) {
    return {};
  }
  Record record{{task.service_id, task.spec_version},
                task.slot,
                task.slot != 0 || task.job_iteration,
                task.running_since == Time{},
                {task.node_id, taken_ports(task)}};
  if (record.had_choice) {
    ++by_version_[record.version][task.node_id];
    if (record.at_start) {
      ++starts_[{task.service_id, task.slot}][task.node_id];
    }
  } else if (record.foreign.ports.empty()) {
    return {};
  }
  return records_.emplace(task.status.timestamp, std::move(record))->second.foreign;
}

std::vector<RecentFailures::ForeignPorts> RecentFailures::expire(Time now) {
  std::vector<ForeignPorts> free_again;
  while (!records_.empty() && now - records_.begin()->first >= kFailureWindow) {
    auto const& record = records_.begin()->second;
    if (record.had_choice) {
      take_off(by_version_, record.version, record.foreign.node);
    }
    if (record.had_choice && record.at_start) {
      take_off(starts_, {record.version.first, record.slot}, record.foreign.node);
    }
    if (!record.foreign.ports.empty()) {
      free_again.push_back(record.foreign);
    }
    records_.erase(records_.begin());
  }
  return free_again;
}

RecentFailures::Counts const& RecentFailures::of(ServiceVersion const& version) const {
  return counts_of(by_version_, version);
}

RecentFailures::Counts const& RecentFailures::starts_of(model::ServiceId const& service,
                                                        model::Slot slot) const {
  return counts_of(starts_, {service, slot});
}

}  // namespace swarmward::scheduler
