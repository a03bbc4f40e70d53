#pragma once

#include "model/registry_credential.h"
#include "wire/fields/common.h"

namespace swarmward::wire {

template <>
inline constexpr std::string_view kGoType<model::RegistryLogin> = "registry.AuthConfig";

/// Clients never get the password or the token back.
template <class A>
void describe(A& a, Ref<A, model::RegistryLogin> login) {
  a.keep("ServerAddress", login.server);
  a.keep("Username", login.user_name);
  if (A::kReading || a.stored()) {
    a.omit("Password", login.password);
    a.omit("IdentityToken", login.identity_token);
  }
}

template <class A>
void describe(A& a, Ref<A, model::RegistryCredential> credential) {
  describe_head(a, credential.id, credential.meta);
  describe(a, credential.login);
}

}  // namespace swarmward::wire
