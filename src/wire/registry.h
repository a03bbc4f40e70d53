#pragma once

#include <nlohmann/json_fwd.hpp>

#include "base/result.h"
#include "model/registry_credential.h"

namespace swarmward::wire {

/// Without password and token.
[[nodiscard]] nlohmann::json to_json(model::RegistryCredential const& credential);

/// The body of a request to store a credential, with its server in normal form. Errors:
/// InvalidArgument that names what is wrong and the cure, and never the password or the token.
[[nodiscard]] Result<model::RegistryLogin> registry_login_from_json(nlohmann::json const& document);

/// What the Engine API takes as X-Registry-Auth: base64, in the alphabet for URLs, of a document.
[[nodiscard]] std::string registry_auth_header(model::RegistryLogin const& login);

}  // namespace swarmward::wire
