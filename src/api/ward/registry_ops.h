#pragma once

#include <string>

#include "model/registry_credential.h"
#include "state/state_store.h"

namespace swarmward::api {

/// Puts a credential in place of the one of that registry, or beside the others: `fresh` is its id
/// then. Errors: Unavailable without a swarm, InvalidArgument if there are too many.
[[nodiscard]] Result<void> store_login(state::Draft& draft,
                                       model::RegistryLogin login,
                                       model::CredentialId const& fresh);

/// `server` in any form. Errors: NotFound.
[[nodiscard]] Result<void> remove_login(state::Draft& draft, std::string const& server);

}  // namespace swarmward::api
