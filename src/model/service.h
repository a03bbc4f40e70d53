#pragma once

#include <memory>
#include <variant>

#include "model/container_spec.h"
#include "model/resources.h"

namespace swarmward::model {

enum class RestartCondition { None, OnFailure, Any };

/// Source of the default delay: swarm mode, 5 s.
inline constexpr Duration kDefaultRestartDelay = std::chrono::seconds(5);

struct RestartPolicy {
  RestartCondition condition = RestartCondition::Any;
  std::optional<Duration> delay;              ///< Absent means kDefaultRestartDelay.
  std::optional<std::uint64_t> max_attempts;  ///< 0 or absent: unlimited.
  std::optional<Duration> window;             ///< 0 or absent: unbounded.
  bool operator==(RestartPolicy const&) const = default;
};

struct Platform {
  std::string architecture;  ///< Empty matches any.
  std::string os;
  bool operator==(Platform const&) const = default;
};

struct Placement {
  std::vector<std::string> constraints;  ///< As written: "node.role == manager".
  /// Spread descriptors in order, e.g. "node.labels.zone". An empty one stands for a preference of
  /// an unknown kind, which is kept and ignored.
  std::vector<std::string> spread_preferences;
  std::uint64_t max_replicas = 0;  ///< Per node; 0 is unlimited.
  std::vector<Platform> platforms;
  bool operator==(Placement const&) const = default;
};

struct NetworkAttachmentConfig {
  std::string target;  ///< Id of a network.
  std::vector<std::string> aliases;
  StringMap driver_options;
  bool operator==(NetworkAttachmentConfig const&) const = default;
};

/// What each task of a service is made from. `container` is absent for other runtimes, which are
/// kept but not run.
struct TaskSpec {
  std::optional<ContainerSpec> container;
  std::optional<ResourceRequirements> resources;
  std::optional<RestartPolicy> restart;
  std::optional<Placement> placement;
  std::vector<NetworkAttachmentConfig> networks;
  std::optional<Driver> log_driver;
  std::uint64_t force_update = 0;  ///< A counter; raising it replaces all tasks.
  std::string runtime = "container";
  bool operator==(TaskSpec const&) const = default;
};

struct Replicated {
  std::uint64_t replicas = 1;
  bool operator==(Replicated const&) const = default;
};
struct Global {
  bool operator==(Global const&) const = default;
};
struct ReplicatedJob {
  std::uint64_t max_concurrent = 1;
  std::uint64_t total_completions = 1;
  bool operator==(ReplicatedJob const&) const = default;
};
struct GlobalJob {
  bool operator==(GlobalJob const&) const = default;
};
using ServiceMode = std::variant<Replicated, Global, ReplicatedJob, GlobalJob>;

enum class FailureAction { Pause, Continue, Rollback };
enum class UpdateOrder { StopFirst, StartFirst };

/// How a rolling update goes. A present config with parallelism 0 means all at once.
struct UpdateConfig {
  std::uint64_t parallelism = 0;
  Duration delay{};
  FailureAction failure_action = FailureAction::Pause;
  std::optional<Duration> monitor;  ///< Absent or 0 means 5 s.
  double max_failure_ratio = 0;
  UpdateOrder order = UpdateOrder::StopFirst;
  bool operator==(UpdateConfig const&) const = default;
};

enum class EndpointMode { Vip, Dnsrr };
enum class Protocol { Tcp, Udp, Sctp };
enum class PublishMode { Ingress, Host };

struct PortConfig {
  std::string name;
  Protocol protocol = Protocol::Tcp;
  std::uint32_t target_port = 0;
  std::uint32_t published_port = 0;  ///< 0: chosen by the allocator (ingress) or the engine (host).
  PublishMode publish_mode = PublishMode::Ingress;
  bool operator==(PortConfig const&) const = default;
};

struct EndpointSpec {
  EndpointMode mode = EndpointMode::Vip;
  std::vector<PortConfig> ports;
  bool operator==(EndpointSpec const&) const = default;
};

struct ServiceSpec {
  Annotations annotations;
  TaskSpec task;
  ServiceMode mode = Replicated{};
  std::optional<UpdateConfig> update;
  std::optional<UpdateConfig> rollback;
  std::optional<EndpointSpec> endpoint;
  bool operator==(ServiceSpec const&) const = default;
};

struct VirtualIp {
  std::string network_id;
  std::string address;  ///< CIDR.
  bool operator==(VirtualIp const&) const = default;
};

/// How the service is reached now. Written by the allocator.
struct Endpoint {
  std::optional<EndpointSpec> spec;  ///< Absent while nothing needs allocation.
  std::vector<PortConfig> ports;
  std::vector<VirtualIp> virtual_ips;
  bool operator==(Endpoint const&) const = default;
};

enum class UpdateState {
  Updating,
  Paused,
  Completed,
  RollbackStarted,
  RollbackPaused,
  RollbackCompleted,
};

/// Written by the updater; cleared by each request that changes the spec.
struct UpdateStatus {
  UpdateState state = UpdateState::Updating;
  std::optional<Time> started_at;
  std::optional<Time> completed_at;
  std::string message;
  bool operator==(UpdateStatus const&) const = default;
};

struct JobStatus {
  std::uint64_t iteration = 0;
  Time last_execution{};
  bool operator==(JobStatus const&) const = default;
};

/// A workload asked for. Specs are shared, immutable, and never edited by us.
struct Service {
  ServiceId id;
  Meta meta;
  std::shared_ptr<ServiceSpec const> spec;           ///< Never null.
  std::shared_ptr<ServiceSpec const> previous_spec;  ///< Null before the first update.
  /// Raised by every update (to the service's version before it); a task made from the same version
  /// is up to date without comparing specs.
  std::uint64_t spec_version = 0;
  std::uint64_t previous_spec_version = 0;
  Endpoint endpoint;
  std::optional<UpdateStatus> update_status;
  std::optional<JobStatus> job_status;
  /// X-Registry-Auth as sent, belongs to the spec; never shown, never logged.
  std::string registry_auth;
  std::string previous_registry_auth;
  /// Since when its schedule (model/schedule.h) counts: when it last came due, or was first seen.
  /// Zero without one.
  Time scheduled_at{};

  [[nodiscard]] std::string const& name() const { return spec->annotations.name; }
};

}  // namespace swarmward::model
