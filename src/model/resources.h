#pragma once

#include "model/common.h"

namespace swarmward::model {

/// Either a count of a kind (discrete) or one named unit of it.
struct GenericResource {
  std::string kind;
  std::int64_t count = 0;  ///< Used when `name` is empty.
  std::string name;        ///< A named unit, e.g. a GPU's UUID.
  bool operator==(GenericResource const&) const = default;
};

struct ResourceLimits {
  std::int64_t nano_cpus = 0;
  std::int64_t memory_bytes = 0;
  std::int64_t pids = 0;
  bool operator==(ResourceLimits const&) const = default;
};

/// Also what a node offers.
struct Resources {
  std::int64_t nano_cpus = 0;
  std::int64_t memory_bytes = 0;
  std::vector<GenericResource> generic;
  bool operator==(Resources const&) const = default;
};

/// Reservations count for placement only; limits act on the container only.
struct ResourceRequirements {
  std::optional<ResourceLimits> limits;
  std::optional<Resources> reservations;
  std::optional<std::int64_t> swap_bytes;
  std::optional<std::int64_t> memory_swappiness;
  bool operator==(ResourceRequirements const&) const = default;
};

}  // namespace swarmward::model
