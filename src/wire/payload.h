#pragma once

#include <nlohmann/json_fwd.hpp>

#include "base/result.h"
#include "model/config.h"
#include "model/secret.h"

namespace swarmward::wire {

// Payloads: secrets and configs, bytes that tasks find as files.

/// Without its data.
[[nodiscard]] nlohmann::json to_json(model::Secret const& secret);
/// With its data, in base64.
[[nodiscard]] nlohmann::json to_json(model::Config const& config);

/// The bodies of create and update. Errors: InvalidArgument, with the texts of Go's decoder.
[[nodiscard]] Result<model::SecretSpec> secret_spec_from_json(nlohmann::json const& document);
[[nodiscard]] Result<model::ConfigSpec> config_spec_from_json(nlohmann::json const& document);

}  // namespace swarmward::wire
