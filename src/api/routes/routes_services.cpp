#include "api/routes/routes_services.h"

#include <array>

#include <nlohmann/json.hpp>

#include "api/manager_check.h"
#include "api/routes/list_reply.h"
#include "api/routes/lookup.h"
#include "api/routes/replies.h"
#include "api/routes/service_checks.h"
#include "api/routes/service_names.h"
#include "api/routes/service_networks.h"
#include "api/routes/service_ops.h"
#include "api/routes/service_query.h"
#include "api/routes/service_request.h"
#include "api/routes/service_status.h"
#include "wire/body.h"
#include "wire/list_text.h"
#include "wire/query.h"
#include "wire/service.h"

namespace swarmward::api {

namespace {

using ServiceRoute = Route<Services>;
constexpr std::array kServiceRoutes{
    ServiceRoute{"GET", "/services", &Services::list, ApiVersion{1, 24}},
    ServiceRoute{"POST", "/services/create", &Services::create, ApiVersion{1, 24}},
    ServiceRoute{"GET", "/services/{id}", &Services::inspect, ApiVersion{1, 24}},
    ServiceRoute{"POST", "/services/{id}/update", &Services::update, ApiVersion{1, 24}},
    ServiceRoute{"DELETE", "/services/{id}", &Services::remove, ApiVersion{1, 24}},
};

/// From here on `?status` is known.
constexpr ApiVersion kServiceStatus{1, 41};
/// Clients of older versions leave the pinning of the image to the daemon.
constexpr ApiVersion kClientPinsImage{1, 30};

/// Before this version networks stood beside the task template.
constexpr ApiVersion kTaskNetworks{1, 25};

void fit_version(nlohmann::json& service, ApiVersion version) {
  if (version < kTaskNetworks) {
    wire::add_legacy_networks(service);
  }
}

nlohmann::json warnings_json(state::Snapshot const& snapshot,
                             model::ServiceSpec const& spec,
                             ApiVersion version) {
  auto warnings = service_warnings(snapshot, spec);
  if (version < kClientPinsImage && spec.task.container &&
      spec.task.container->image.find('@') == std::string::npos) {
    warnings.push_back(unpinned_image_warning(spec.task.container->image));
  }
  nlohmann::json list;
  for (auto const& warning : warnings) {
    list.push_back(warning);
  }
  return list;
}

}  // namespace

std::span<Route<Services> const> Services::routes() {
  return kServiceRoutes;
}

asio::awaitable<Result<void>> Services::list(Call const* call) {
  auto const filters = wire::parse_filters(call->request.query_value("filters"));
  if (!filters) {
    co_return filters.error();
  }
  Result<bool> status = false;
  if (call->request.version >= kServiceStatus) {
    status = wire::strict_bool("status", call->request.query_value("status"));
  }
  if (!status) {
    co_return status.error();
  }
  auto const& snapshot = *call->snapshot;
  if (auto const manager = require_manager(*call); !manager) {
    co_return manager.error();
  }
  auto const known = check_service_filters(*filters);
  if (!known) {
    co_return known.error();
  }
  auto const services = find_services(snapshot, *filters);
  auto const version = call->request.version;
  AppendElement append = [&](std::string& out, std::size_t at) {
    std::optional<wire::ServiceStatus> counts;
    if (*status) {
      counts = count_tasks(*services[at], snapshot.tasks_of(services[at]->id));
    }
    if (version < kTaskNetworks) {
      auto document = wire::to_json(*services[at], counts);
      fit_version(document, version);
      out += wire::dump_json(document);
      return;
    }
    wire::append_text(out, *services[at], counts);
  };
  co_await send_list(call->responder, services.size(), std::move(append));
  co_return Result<void>{};
}

Result<Response> Services::inspect(Call const& call) const {
  auto const defaults =
      wire::strict_bool("insertDefaults", call.request.query_value("insertDefaults"));
  if (!defaults) {
    return defaults.error();
  }
  if (auto const manager = require_manager(call); !manager) {
    return manager.error();
  }
  auto const service = get_service(*call.snapshot, call.id);
  if (!service) {
    return service.error();
  }
  auto document = *defaults ? wire::with_insert_defaults(**service) : wire::to_json(**service);
  fit_version(document, call.request.version);
  return json_reply(document);
}

asio::awaitable<Result<model::ServiceSpec>> Services::wished_spec(Call const* call,
                                                                  nlohmann::json const* document) {
  if (auto const manager = require_manager(*call); !manager) {
    co_return manager.error();
  }
  auto spec = service_spec_of(*document, call->request.version);
  if (!spec) {
    co_return spec.error();
  }
  auto const networks = co_await resolve_networks(&context_.control, call->snapshot.get(), &*spec);
  if (!networks) {
    co_return networks.error();
  }
  co_return std::move(*spec);
}

asio::awaitable<Result<Response>> Services::create(Call const* call) {
  auto const document = read_json(call->request);
  if (!document) {
    co_return document.error();
  }
  auto spec = co_await wished_spec(call, &*document);
  if (!spec) {
    co_return spec.error();
  }
  if (spec->annotations.name.empty()) {
    spec->annotations.name = free_service_name(*call->snapshot, context_.random);
  }
  if (auto const valid = check_service_spec(*spec); !valid) {
    co_return valid.error();
  }
  if (auto const fits = check_spec_size(call->request); !fits) {
    co_return fits.error();
  }
  nlohmann::json reply;
  reply["Warnings"] = warnings_json(*call->snapshot, *spec, call->request.version);
  ServiceCreate create;
  create.id = new_id<model::ServiceTag>(context_.random);
  create.registry_auth = call->request.header("X-Registry-Auth");
  create.spec = std::make_shared<model::ServiceSpec const>(std::move(*spec));
  reply["ID"] = create.id.str();
  state::Change change = [create](state::Draft& draft) { return create_service(draft, create); };
  auto written = co_await context_.store.update(std::move(change));
  if (!written) {
    co_return written.error();
  }
  co_return json_reply(reply, 201);
}

asio::awaitable<Result<Response>> Services::update(Call const* call) {
  auto const document = read_json(call->request);
  if (!document) {
    co_return document.error();
  }
  auto const version = wire::parse_version("service", call->request.query_value("version"));
  if (!version) {
    co_return version.error();
  }
  auto spec = co_await wished_spec(call, &*document);
  if (!spec) {
    co_return spec.error();
  }
  auto const present = get_service(*call->snapshot, call->id);
  if (!present) {
    co_return present.error();
  }
  auto update = update_options(call->request, **present);
  if (!update) {
    co_return update.error();
  }
  // The name is checked first: native calls a missing one a rename, not an invalid name.
  bool const unnamed = spec->annotations.name.empty();
  auto checked = *spec;
  checked.annotations.name = unnamed ? (*present)->name() : checked.annotations.name;
  if (auto const valid = check_service_spec(checked); !valid) {
    co_return valid.error();
  }
  if (auto const fits = check_spec_size(call->request); !fits) {
    co_return fits.error();
  }
  nlohmann::json reply;
  reply["Warnings"] = warnings_json(*call->snapshot, *spec, call->request.version);
  update->version = *version;
  update->spec = std::make_shared<model::ServiceSpec const>(std::move(*spec));
  state::Change change = [update = *update](state::Draft& draft) {
    return update_service(draft, update);
  };
  auto written = co_await context_.store.update(std::move(change));
  if (!written) {
    co_return written.error();
  }
  co_return json_reply(reply);
}

asio::awaitable<Result<Response>> Services::remove(Call const* call) {
  if (auto const manager = require_manager(*call); !manager) {
    co_return manager.error();
  }
  auto const service = get_service(*call->snapshot, call->id);
  if (!service) {
    co_return service.error();
  }
  state::Change change = [id = (*service)->id](state::Draft& draft) {
    return remove_service(draft, id);
  };
  auto written = co_await context_.store.update(std::move(change));
  if (!written) {
    co_return written.error();
  }
  co_return empty_reply();
}

}  // namespace swarmward::api
