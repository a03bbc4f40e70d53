#include <array>
#include <limits>
#include <set>

#include "wire/codec/text.h"
#include "wire/validate/image_reference.h"
#include "wire/validate/rules.h"

namespace swarmward::wire {

namespace {

constexpr Duration kMinHealthDuration = std::chrono::milliseconds(1);

Result<void> validate_image(std::string const& image) {
  if (image.empty()) {
    return rule_broken("ContainerSpec: image reference must be provided");
  }
  if (!is_image_reference(image)) {
    return rule_broken("ContainerSpec: " + go_quote(image) + " is not a valid repository/tag");
  }
  return {};
}

Result<void> validate_mounts(std::vector<model::Mount> const& mounts) {
  std::set<std::string_view> targets;
  for (auto const& mount : mounts) {
    if (!targets.insert(mount.target).second) {
      return rule_broken("ContainerSpec: duplicate mount point: " + mount.target);
    }
    if (mount.type == model::MountType::Cluster) {  // No engine of ours could ever make one.
      return Error{ErrorCode::NotImplemented,
                   "ContainerSpec: the mount at " + mount.target +
                       " is of a cluster volume (CSI), which are not part of this version of "
                       "swarmward: choose type=volume with a driver whose storage every node "
                       "reaches"};
    }
  }
  return {};
}

Result<void> validate_healthcheck(model::Healthcheck const& check) {
  struct Named {
    std::string_view name;
    Duration value;
  };
  std::array const durations{Named{"Interval", check.interval},
                             Named{"Timeout", check.timeout},
                             Named{"StartPeriod", check.start_period},
                             Named{"StartInterval", check.start_interval}};
  for (auto const& [name, value] : durations) {
    if (value != Duration{} && value < kMinHealthDuration) {
      return rule_broken("ContainerSpec: " + std::string(name) +
                         " in HealthConfig cannot be less than 1ms");
    }
  }
  // Native keeps 32 bits.
  if (check.retries < 0 || check.retries > std::numeric_limits<std::int32_t>::max()) {
    return rule_broken("ContainerSpec: Retries in HealthConfig cannot be negative");
  }
  return {};
}

}  // namespace

Result<void> validate_container(model::ContainerSpec const& container) {
  if (auto checked = validate_image(container.image); !checked) {
    return checked;
  }
  if (auto checked = validate_mounts(container.mounts); !checked) {
    return checked;
  }
  return container.healthcheck ? validate_healthcheck(*container.healthcheck) : Result<void>();
}

}  // namespace swarmward::wire
