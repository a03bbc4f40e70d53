#include "scheduler/placement/node_load.h"

namespace swarmward::scheduler {

void NodeLoad::add(model::Task const& task) {
  if (task.spec->resources && task.spec->resources->reservations) {
    auto const& reserved = *task.spec->resources->reservations;
    reserved_cpus += reserved.nano_cpus;
    reserved_memory_bytes += reserved.memory_bytes;
    for (auto const& generic : reserved.generic) {
      reserved_generic[generic.kind] += generic.name.empty() ? generic.count : 1;
    }
  }
  if (task.endpoint) {
    for (auto const& port : task.endpoint->ports) {
      if (port.publish_mode == model::PublishMode::Host && port.published_port != 0) {
        host_ports.emplace(port.protocol, port.published_port);
      }
    }
  }
  if (task.desired_state <= model::TaskState::Complete) {
    ++active_tasks;
    ++active_of_service[task.service_id];
  }
}

NodeLoad load_of(model::Node const& node,
                 std::vector<model::Task const*> const& assigned,
                 Time now) {
  NodeLoad load;
  load.node = &node;
  for (auto const* task : assigned) {
    auto const state = task->status.state;
    if (!model::is_terminal(state)) {
      load.add(*task);
    } else if ((state == model::TaskState::Failed || state == model::TaskState::Rejected) &&
               task->slot != 0 && now - task->status.timestamp < kFailureWindow) {
      ++load.recent_failures[{task->service_id, task->spec_version}];
    }
  }
  return load;
}

}  // namespace swarmward::scheduler
