#pragma once

#include "base/result.h"
#include "model/config.h"
#include "model/secret.h"

namespace swarmward::wire {

/// What can be said of a secret or a config by itself. Errors: InvalidArgument, with native's texts
/// and in its order: name, driver, size. Limits: 511,999 and 1,023,999 bytes.
[[nodiscard]] Result<void> validate_secret_spec(model::SecretSpec const& spec);
[[nodiscard]] Result<void> validate_config_spec(model::ConfigSpec const& spec);

}  // namespace swarmward::wire
