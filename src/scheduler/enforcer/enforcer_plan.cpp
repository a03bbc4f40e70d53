#include "scheduler/enforcer/enforcer_plan.h"

#include <algorithm>
#include <map>

#include "scheduler/service_view.h"

namespace swarmward::scheduler {

namespace {

/// What a node has left while its tasks are counted one after another.
class Room {
 public:
  explicit Room(model::Resources const& offered)
      : cpus_(offered.nano_cpus), memory_bytes_(offered.memory_bytes) {
    for (auto const& generic : offered.generic) {
      generic_[generic.kind] += amount(generic);
    }
  }

  /// Takes the reservations if there is room for all of them.
  bool take(model::Resources const& wanted) {
    auto left = *this;
    left.cpus_ -= wanted.nano_cpus;
    left.memory_bytes_ -= wanted.memory_bytes;
    bool fits = (wanted.nano_cpus == 0 || left.cpus_ >= 0) &&
                (wanted.memory_bytes == 0 || left.memory_bytes_ >= 0);
    for (auto const& generic : wanted.generic) {
      auto& room = left.generic_[generic.kind];
      room -= amount(generic);
      fits = fits && room >= 0;
    }
    if (fits) {
      *this = std::move(left);
    }
    return fits;
  }

 private:
  static std::int64_t amount(model::GenericResource const& generic) {
    return generic.name.empty() ? generic.count : 1;
  }

  std::int64_t cpus_;  ///< Nano CPUs.
  std::int64_t memory_bytes_;
  std::map<std::string, std::int64_t> generic_;
};

bool is_settled(model::Task const& task) {
  return is_wanted(task) && task.status.state >= model::TaskState::Assigned &&
         !model::is_terminal(task.status.state) && !is_evicted(task);
}

bool meets_constraints(PlacedTask const& placed, model::Node const& node) {
  auto const& [task, service] = placed;
  bool const to_be_updated = !has_finished_update(*service) && is_outdated(*task, *service, &node);
  auto const& placement = to_be_updated ? task->spec->placement : service->spec->task.placement;
  return !placement || satisfies(placement->constraints, node);
}

}  // namespace

std::vector<model::TaskId> plan_enforcement(model::Node const& node,
                                            std::vector<PlacedTask> const& placed) {
  std::vector<model::TaskId> offenders;
  if (node.spec.availability != model::Availability::Active) {
    return offenders;
  }
  std::vector<PlacedTask> settled;
  std::ranges::copy_if(placed, std::back_inserter(settled), [](PlacedTask const& each) {
    return is_settled(*each.task);
  });
  std::ranges::sort(settled, {}, [](PlacedTask const& each) {
    return std::pair(each.task->meta.created_at, each.task->id);
  });
  Room room(node.description.resources);
  for (auto const& each : settled) {
    auto const& resources = each.task->spec->resources;
    bool const fits = meets_constraints(each, node) && (!resources || !resources->reservations ||
                                                        room.take(*resources->reservations));
    if (!fits) {
      offenders.push_back(each.task->id);
    }
  }
  return offenders;
}

}  // namespace swarmward::scheduler
