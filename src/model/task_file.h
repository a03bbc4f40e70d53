#pragma once

#include <algorithm>
#include <cstdint>
#include <string>

#include "model/container_spec.h"

namespace swarmward::model {

/// A secret or a config as a file in a task's container. Templates are expanded.
struct TaskFile {
  std::string id;      ///< Of the secret or config.
  std::string target;  ///< Absolute path in the container.
  std::uint32_t uid = 0;
  std::uint32_t gid = 0;
  std::uint32_t mode = 0444;  ///< Permission bits.
  std::string content;        ///< Never logged, never written to a disk.

  bool operator==(TaskFile const&) const = default;
};

/// The container has a secret or a config mounted.
[[nodiscard]] inline bool names_files(ContainerSpec const& spec) {
  return !spec.secrets.empty() ||
         std::ranges::any_of(spec.configs,
                             [](ConfigReference const& each) { return !each.runtime; });
}

}  // namespace swarmward::model
