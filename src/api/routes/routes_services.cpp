#include "api/routes/routes_services.h"

#include <algorithm>
#include <array>

#include <nlohmann/json.hpp>

#include "api/manager_check.h"
#include "api/routes/lookup.h"
#include "api/routes/matching.h"
#include "api/routes/replies.h"
#include "api/routes/service_checks.h"
#include "api/routes/service_names.h"
#include "api/routes/service_ops.h"
#include "api/routes/service_request.h"
#include "api/routes/service_status.h"
#include "wire/body.h"
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

std::string_view mode_word(model::ServiceMode const& mode) {
  constexpr std::array<std::string_view, 4> kWords{
      "replicated", "global", "replicated-job", "global-job"};
  return kWords.at(mode.index());
}

bool matches(wire::Filters const& filters, model::Service const& service) {
  bool const runtime = filters.contains("runtime")
                           ? matches_exactly(filters, "runtime", service.spec->task.runtime)
                           : service.spec->task.runtime == "container";
  return runtime && matches_prefix(filters, "id", service.id.view()) &&
         matches_prefix(filters, "name", service.name()) &&
         matches_labels(filters, "label", service.spec->annotations.labels) &&
         matches_exactly(filters, "mode", mode_word(service.spec->mode));
}

std::vector<state::ServicePtr> select(state::Snapshot const& snapshot,
                                      wire::Filters const& filters) {
  std::vector<state::ServicePtr> found;
  for (auto const& [id, service] : snapshot.services) {
    if (matches(filters, *service)) {
      found.push_back(service);
    }
  }
  if (filters.contains("name")) {
    std::ranges::stable_sort(
        found, {}, [](auto const& service) -> std::string const& { return service->name(); });
  }
  return found;
}

nlohmann::json warnings_json(model::ServiceSpec const& spec, ApiVersion version) {
  auto warnings = service_warnings(spec);
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

Result<Response> Services::list(Call const& call) const {
  auto const filters = wire::parse_filters(call.request.query_value("filters"));
  if (!filters) {
    return filters.error();
  }
  Result<bool> status = false;
  if (call.request.version >= kServiceStatus) {
    status = wire::strict_bool("status", call.request.query_value("status"));
  }
  if (!status) {
    return status.error();
  }
  if (auto const manager = require_manager(*call.snapshot); !manager) {
    return manager.error();
  }
  auto const known = wire::check_filter_keys(*filters, {"id", "name", "label", "mode", "runtime"});
  if (!known) {
    return known.error();
  }
  std::vector<std::string> documents;
  for (auto const& service : select(*call.snapshot, *filters)) {
    std::optional<wire::ServiceStatus> counts;
    if (*status) {
      counts = count_tasks(*service, call.snapshot->tasks_of(service->id));
    }
    documents.push_back(wire::dump_json(wire::to_json(*service, counts)));
  }
  return list_reply(documents);
}

Result<Response> Services::inspect(Call const& call) const {
  auto const defaults =
      wire::strict_bool("insertDefaults", call.request.query_value("insertDefaults"));
  if (!defaults) {
    return defaults.error();
  }
  if (auto const manager = require_manager(*call.snapshot); !manager) {
    return manager.error();
  }
  auto const service = get_service(*call.snapshot, call.id);
  if (!service) {
    return service.error();
  }
  return json_reply(*defaults ? wire::with_insert_defaults(**service) : wire::to_json(**service));
}

asio::awaitable<Result<Response>> Services::create(Call const* call) {
  auto const document = read_json(call->request);
  if (!document) {
    co_return document.error();
  }
  if (auto const manager = require_manager(*call->snapshot); !manager) {
    co_return manager.error();
  }
  auto spec = service_spec_of(*document, call->request.version);
  if (!spec) {
    co_return spec.error();
  }
  if (spec->annotations.name.empty()) {
    spec->annotations.name = free_service_name(*call->snapshot, context_.random);
  }
  if (auto const valid = check_service_spec(*spec); !valid) {
    co_return valid.error();
  }
  nlohmann::json reply;
  reply["Warnings"] = warnings_json(*spec, call->request.version);
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
  if (auto const manager = require_manager(*call->snapshot); !manager) {
    co_return manager.error();
  }
  auto spec = service_spec_of(*document, call->request.version);
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
  nlohmann::json reply;
  reply["Warnings"] = warnings_json(*spec, call->request.version);
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
  if (auto const manager = require_manager(*call->snapshot); !manager) {
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
