#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/time.h"
#include "model/ids.h"

namespace swarmward::model {

using StringMap = std::map<std::string, std::string>;

/// Name and labels of a spec: the user's words.
struct Annotations {
  std::string name;
  StringMap labels;
  bool operator==(Annotations const&) const = default;
};

/// What every stored object carries. Written by the state store alone, at each commit.
struct Meta {
  std::uint64_t version = 0;  ///< Cluster-wide commit index of the last write.
  Time created_at{};
  Time updated_at{};
  bool operator==(Meta const&) const = default;
};

/// A driver's name and options (log driver, volume driver, template driver).
struct Driver {
  std::string name;
  StringMap options;
  bool operator==(Driver const&) const = default;
};

}  // namespace swarmward::model
