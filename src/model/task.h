#pragma once

#include <memory>

#include "model/compact.h"
#include "model/container_id.h"
#include "model/network.h"
#include "model/service.h"
#include "model/status_text.h"

namespace swarmward::model {

/// A task's life, in order: observed state never goes back. The numbers are swarm mode's, kept so
/// that later states fit between.
enum class TaskState : std::uint16_t {
  New = 0,
  Pending = 64,
  Assigned = 192,
  Accepted = 256,
  Preparing = 320,
  Ready = 384,
  Starting = 448,
  Running = 512,
  Complete = 576,
  Shutdown = 640,
  Failed = 704,
  Rejected = 768,
  Remove = 800,
  Orphaned = 832,
};

/// The word the API uses ("running").
[[nodiscard]] std::string_view to_string(TaskState state);
/// Any letter case.
[[nodiscard]] std::optional<TaskState> task_state_from_string(std::string_view word);

/// The observed state says that the task's process is gone for good.
[[nodiscard]] constexpr bool is_terminal(TaskState state) {
  return state > TaskState::Running;
}

struct ContainerStatus {
  ContainerId container_id;
  std::int64_t pid = 0;
  std::int64_t exit_code = 0;
  bool operator==(ContainerStatus const&) const = default;
};

/// What was last observed. Written by the loops before assignment, by the task runner after it.
struct TaskStatus {
  Time timestamp{};
  TaskState state = TaskState::New;
  StatusText message;
  StatusText err;
  Boxed<ContainerStatus> container;
  RareList<PortConfig> ports;  ///< Host-mode ports as the engine published them.
  bool operator==(TaskStatus const&) const = default;
};

/// Why a task was made. The updater and the restart policy count by it.
enum class TaskOrigin : std::uint8_t {
  Scale,    ///< A place had none.
  Restart,  ///< The task before it ended.
  Update,   ///< The task before it was outdated: its early end counts as a failure of the update.
  Move,     ///< The task before it had to leave its node, through no fault of its own.
};

/// One attempt to run one container; never moved or restarted, only replaced. A cluster holds them
/// by the million: what few tasks have is behind a pointer, and fields stand so that little is
/// padding.
struct Task {
  TaskId id;
  ServiceId service_id;
  NodeId node_id;  ///< Empty until assigned. Final once set.
  TaskState desired_state = TaskState::Running;
  Meta meta;
  /// Shared with the service's spec and with the tasks of the same version. Never null.
  std::shared_ptr<TaskSpec const> spec;
  std::uint64_t spec_version = 0;  ///< The service's at creation.
  /// The service's name and labels at creation. Never null.
  std::shared_ptr<Annotations const> service_annotations;
  /// The service's endpoint spec at creation; null if it had none.
  std::shared_ptr<EndpointSpec const> endpoint;
  Slot slot = 0;  ///< 0 for tasks of global services.
  TaskStatus status;
  std::optional<std::uint64_t> job_iteration;  ///< Only tasks of jobs have one.
  /// What placement handed out of the node's generic resources. Written at assignment.
  RareList<GenericResource> generic_resources;
  /// One address in each overlay network of the spec, and in the ingress network if its service
  /// publishes ports there. Written by the allocator, before placement.
  RareList<NetworkAddress> networks;

  // What the loops must remember about a task for decisions after a restart of the daemon.
  /// Restart delay: it becomes desired running not before this time.
  Time start_not_before{};
  /// When the task was first observed running; zero before.
  Time running_since{};
  /// When the restart policy replaced earlier tasks of this slot and spec version. Kept only if the
  /// policy has a limit of attempts.
  RareList<Time> restarts;
  /// The task this one replaces: it starts only when that one has stopped. Empty: nothing to wait
  /// for.
  TaskId replaces;
  TaskOrigin origin = TaskOrigin::Scale;
  /// How many tasks in a row failed in this place just before this one. Written at creation.
  std::uint32_t failures_before = 0;
};

/// `service.slot`, or `service.node` where there is no slot.
[[nodiscard]] std::string display_name(Task const& task);
/// `service.slot.taskid`: the container's name and the task's name for look-ups.
[[nodiscard]] std::string full_name(Task const& task);

}  // namespace swarmward::model
