#include "api/routes/routes_dependencies.h"

#include <array>

#include <nlohmann/json.hpp>

#include "api/manager_check.h"
#include "api/routes/replies.h"
#include "wire/query.h"

namespace swarmward::api {

namespace {

using DependencyRoute = Route<Dependencies>;
constexpr std::array kRoutes{
    DependencyRoute{"GET", "/secrets", &Dependencies::list, ApiVersion{1, 25}},
    DependencyRoute{"POST", "/secrets/create", &Dependencies::create, ApiVersion{1, 25}},
    DependencyRoute{"GET", "/secrets/{id}", &Dependencies::secret, ApiVersion{1, 25}},
    DependencyRoute{"DELETE", "/secrets/{id}", &Dependencies::secret, ApiVersion{1, 25}},
    DependencyRoute{
        "POST", "/secrets/{id}/update", &Dependencies::update_secret, ApiVersion{1, 25}},
    DependencyRoute{"GET", "/configs", &Dependencies::list, ApiVersion{1, 30}},
    DependencyRoute{"POST", "/configs/create", &Dependencies::create, ApiVersion{1, 30}},
    DependencyRoute{"GET", "/configs/{id}", &Dependencies::config, ApiVersion{1, 30}},
    DependencyRoute{"DELETE", "/configs/{id}", &Dependencies::config, ApiVersion{1, 30}},
    DependencyRoute{
        "POST", "/configs/{id}/update", &Dependencies::update_config, ApiVersion{1, 30}},
};

Result<Response> not_known(Call const& call, std::string_view kind) {
  if (auto manager = require_manager(call); !manager) {
    return manager.error();
  }
  return not_found(std::string(kind) + " " + call.id + " not found");
}

Result<Response> update_unknown(Call const& call, std::string_view kind) {
  if (auto const document = read_json(call.request); !document) {
    return document.error();
  }
  if (auto version = wire::parse_version(kind, call.request.query_value("version")); !version) {
    return version.error();
  }
  return not_known(call, kind);
}

}  // namespace

std::span<DependencyRoute const> Dependencies::routes() {
  return kRoutes;
}

Result<Response> Dependencies::list(Call const& call) const {
  if (auto manager = require_manager(call); !manager) {
    return manager.error();
  }
  return list_reply({});
}

Result<Response> Dependencies::create(Call const& call) const {
  if (auto manager = require_manager(call); !manager) {
    return manager.error();
  }
  return rpc_error("Unimplemented",
                   "secrets and configs are not part of this version of swarmward");
}

Result<Response> Dependencies::secret(Call const& call) const {
  return not_known(call, "secret");
}

Result<Response> Dependencies::config(Call const& call) const {
  return not_known(call, "config");
}

Result<Response> Dependencies::update_secret(Call const& call) const {
  return update_unknown(call, "secret");
}

Result<Response> Dependencies::update_config(Call const& call) const {
  return update_unknown(call, "config");
}

}  // namespace swarmward::api
