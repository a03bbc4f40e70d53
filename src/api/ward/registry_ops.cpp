#include "api/ward/registry_ops.h"

#include <utility>

#include "model/registry_server.h"

namespace swarmward::api {

namespace {

/// More registries than anybody has. All of them are in memory, and each may have 64 KiB.
constexpr std::size_t kMostCredentials = 1000;

}  // namespace

Result<void> store_login(state::Draft& draft,
                         model::RegistryLogin login,
                         model::CredentialId const& fresh) {
  auto const& view = draft.view();
  if (!view.cluster) {
    return unavailable("This node is not part of a swarm");
  }
  model::RegistryCredential credential;
  if (auto const present = view.credential_for(login.server)) {
    credential = *present;
  } else if (view.credentials.size() >= kMostCredentials) {
    return invalid_argument("credentials of " + std::to_string(kMostCredentials) +
                            " registries are stored, and no more are taken: remove one with "
                            "docker ward registry logout SERVER");
  } else {
    credential.id = fresh;
  }
  credential.login = std::move(login);
  draft.put(std::move(credential));
  return {};
}

Result<void> remove_login(state::Draft& draft, std::string const& server) {
  auto const present = draft.view().credential_for(model::normal_registry(server));
  if (!present) {
    return not_found("no credential is stored for " + server +
                     ": docker ward registry ls shows those that are");
  }
  draft.erase(present->id);
  return {};
}

}  // namespace swarmward::api
