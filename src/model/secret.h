#pragma once

#include <optional>
#include <string>

#include "model/common.h"

namespace swarmward::model {

/// What a secret shall be: the user's words. Only its labels ever change.
struct SecretSpec {
  Annotations annotations;
  std::string data;  ///< Raw bytes; never shown, never logged. Empty only with a driver.
  std::optional<Driver> driver;      ///< Who would give the value in place of `data`.
  std::optional<Driver> templating;  ///< How the value is expanded for a task; `golang` or nothing.
  bool operator==(SecretSpec const&) const = default;
};

/// Bytes that tasks find as a file, and that clients do not get back.
struct Secret {
  SecretId id;
  Meta meta;
  SecretSpec spec;

  [[nodiscard]] std::string const& name() const { return spec.annotations.name; }
};

}  // namespace swarmward::model
