#pragma once

#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "model/common.h"

namespace swarmward::backends {

/// What the daemon's flags say about labels: which of those that open the host to a container are
/// honoured, and what holds without one. docs/labels.md is for users.
struct LabelPolicy {
  /// Full names, e.g. "ward.privileged", or "all".
  std::set<std::string, std::less<>> allowed;
  /// Images that no registry gives come from other nodes, where no label says otherwise.
  bool pull_from_nodes = false;

  [[nodiscard]] bool allows(std::string_view label) const {
    return allowed.contains("all") || allowed.contains(label);
  }
};

/// The labels that need LabelPolicy::allowed, in the order of the documentation.
[[nodiscard]] std::span<std::string_view const> guarded_labels();

/// When the image is fetched.
enum class PullPolicy {
  Try,      ///< Swarm mode's way: at each start; if that fails, an image that is present will do.
  Always,   ///< At each start, and a failure is a failure.
  Missing,  ///< Only if it is not present.
  Never,
};

struct DeviceMapping {
  std::string host_path;
  std::string container_path;
  std::string permissions = "rwm";
  bool operator==(DeviceMapping const&) const = default;
};

struct GpuRequest {
  std::int64_t count = 0;  ///< -1: all. Not used with ids.
  std::vector<std::string> ids;
  bool operator==(GpuRequest const&) const = default;
};

/// What labels ask for that a service's spec cannot say. Empty texts: the engine's default.
struct ContainerLabels {
  PullPolicy pull = PullPolicy::Try;
  std::optional<bool> pull_from_nodes;  ///< Absent: as the daemon's flag says.
  bool privileged = false;
  std::vector<DeviceMapping> devices;
  std::optional<GpuRequest> gpus;
  std::vector<std::string> security_options;
  std::string pid_mode;
  std::string ipc_mode;
  std::string userns_mode;
  std::string uts_mode;
  std::string cgroupns_mode;
  std::string cpuset_cpus;
  std::int64_t shm_bytes = 0;                 ///< 0: not given.
  std::int64_t memory_reservation_bytes = 0;  ///< 0: not given.
};

/// Reads the `ward.` labels that concern containers; of two equal ones the service's counts. Pure.
/// Errors: InvalidArgument for a value that makes no sense, Forbidden for a label that the policy
/// refuses; both name the cure.
[[nodiscard]] Result<ContainerLabels> read_container_labels(model::StringMap const& service,
                                                            model::StringMap const& container,
                                                            LabelPolicy const& policy);

}  // namespace swarmward::backends
