#include "scheduler/restart/drain_move.h"

#include <algorithm>

namespace swarmward::scheduler {

namespace {

/// Two at once could spoil each other's data, or want the same port.
bool bears_no_twin(model::ServiceSpec const& spec) {
  bool const host_port =
      spec.endpoint && std::ranges::any_of(spec.endpoint->ports, [](auto const& port) {
        return port.publish_mode == model::PublishMode::Host && port.published_port != 0;
      });
  bool const writes =
      spec.task.container &&
      std::ranges::any_of(spec.task.container->mounts, [](model::Mount const& mount) {
        bool const own = mount.type == model::MountType::Tmpfs || mount.source.empty();
        return !own && !mount.read_only;
      });
  return host_port || writes;
}

}  // namespace

bool moves_start_first(model::Service const& service) {
  auto const* replicated = std::get_if<model::Replicated>(&service.spec->mode);
  if (replicated == nullptr) {
    return false;
  }
  auto const& update = service.spec->update;
  if (update && update->order == model::UpdateOrder::StartFirst) {
    return true;
  }
  return replicated->replicas == 1 && !bears_no_twin(*service.spec);
}

std::uint64_t move_parallelism(model::Service const& service) {
  return service.spec->update ? service.spec->update->parallelism : 1;
}

std::uint64_t moves_under_way(ServiceView const& view) {
  auto const under_way = [&](model::Task const* task) {
    if (task->origin != model::TaskOrigin::Move || task->replaces.empty() || !is_wanted(*task) ||
        task->status.state >= model::TaskState::Running) {
      return false;
    }
    auto const* old = view.find_task(task->replaces);
    return old != nullptr && is_wanted(*old);
  };
  return static_cast<std::uint64_t>(std::ranges::count_if(view.tasks, under_way));
}

model::Task const* find_mover(PlaceTasks const& place, model::Task const& leaving) {
  auto const found = std::ranges::find_if(place.tasks, [&](model::Task const* task) {
    return is_wanted(*task) && task->origin == model::TaskOrigin::Move &&
           task->replaces == leaving.id;
  });
  return found == place.tasks.end() ? nullptr : *found;
}

Time drain_deadline(model::Node const& node) {
  return node.meta.updated_at + kDrainWait;
}

}  // namespace swarmward::scheduler
