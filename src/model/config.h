#pragma once

#include <optional>
#include <string>

#include "model/common.h"

namespace swarmward::model {

/// What a config shall be: the user's words. Only its labels ever change.
struct ConfigSpec {
  Annotations annotations;
  std::string data;                  ///< Raw bytes.
  std::optional<Driver> templating;  ///< How it is expanded for a task; `golang` or nothing.
  bool operator==(ConfigSpec const&) const = default;
};

/// Bytes that tasks find as a file.
struct Config {
  ConfigId id;
  Meta meta;
  ConfigSpec spec;

  [[nodiscard]] std::string const& name() const { return spec.annotations.name; }
};

}  // namespace swarmward::model
