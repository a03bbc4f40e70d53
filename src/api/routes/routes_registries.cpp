#include "api/routes/routes_registries.h"

#include <array>
#include <utility>

#include <nlohmann/json.hpp>

#include "api/manager_check.h"
#include "api/routes/replies.h"
#include "api/ward/registry_ops.h"
#include "wire/registry.h"

namespace swarmward::api {

namespace {

/// They are no part of any version of the Engine API.
constexpr ApiVersion kAnyVersion{1, 24};

using RegistryRoute = Route<Registries>;
/// `{id}` is a registry as HOST or HOST:PORT.
constexpr std::array kRegistryRoutes{
    RegistryRoute{"GET", "/ward/registries", &Registries::list, kAnyVersion},
    RegistryRoute{"POST", "/ward/registries", &Registries::put, kAnyVersion},
    RegistryRoute{"DELETE", "/ward/registries/{id}", &Registries::remove, kAnyVersion},
};

}  // namespace

std::span<Route<Registries> const> Registries::routes() {
  return kRegistryRoutes;
}

Result<Response> Registries::list(Call const& call) const {
  if (auto const manager = require_manager(call); !manager) {
    return manager.error();
  }
  auto document = nlohmann::json::array();
  for (auto const& [server, id] : call.snapshot->credential_names) {
    document.push_back(wire::to_json(*call.snapshot->find_credential(id)));
  }
  return json_reply(document);
}

asio::awaitable<Result<Response>> Registries::put(Call const* call) {
  auto const document = read_json(call->request);
  if (!document) {
    co_return document.error();
  }
  if (auto const manager = require_manager(*call); !manager) {
    co_return manager.error();
  }
  auto login = wire::registry_login_from_json(*document);
  if (!login) {
    co_return login.error();
  }
  auto const fresh = new_id<model::CredentialTag>(context_.random);
  state::Change change = [fresh, login = *login](state::Draft& draft) {
    return store_login(draft, login, fresh);
  };
  auto const written = co_await context_.store.update(std::move(change));
  if (!written) {
    co_return written.error();
  }
  auto const stored = context_.store.snapshot()->credential_for(login->server);
  if (!stored) {
    co_return conflict("the credential for " + login->server + " was removed meanwhile");
  }
  co_return json_reply(wire::to_json(*stored));
}

asio::awaitable<Result<Response>> Registries::remove(Call const* call) {
  if (auto const manager = require_manager(*call); !manager) {
    co_return manager.error();
  }
  state::Change change = [server = call->id](state::Draft& draft) {
    return remove_login(draft, server);
  };
  auto const written = co_await context_.store.update(std::move(change));
  if (!written) {
    co_return written.error();
  }
  co_return empty_reply();
}

}  // namespace swarmward::api
