#pragma once

#include <string>

#include "model/common.h"

namespace swarmward::model {

/// What opens a registry: a user's password, or a token that the registry gave in its place.
struct RegistryLogin {
  std::string server;  ///< As normal_registry() writes it.
  std::string user_name;
  std::string password;        ///< Never shown, never logged.
  std::string identity_token;  ///< The same; one of the two is empty.
  bool operator==(RegistryLogin const&) const = default;
};

/// What the swarm pulls images with where a service's own credential does not do. One a server.
struct RegistryCredential {
  CredentialId id;
  Meta meta;
  RegistryLogin login;

  [[nodiscard]] std::string const& name() const { return login.server; }
};

}  // namespace swarmward::model
