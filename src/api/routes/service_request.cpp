#include "api/routes/service_request.h"

#include <nlohmann/json.hpp>

#include "wire/service.h"
#include "wire/validate/service_spec.h"

namespace swarmward::api {

namespace {

Result<AuthFrom> auth_source(Request const& request, model::Service const& present) {
  auto const source = request.query_value("registryAuthFrom");
  if (source.empty() || source == "spec") {
    return AuthFrom::Spec;
  }
  if (source != "previous-spec") {
    return internal_error("unsupported registryAuthFrom value");
  }
  if (!present.previous_spec) {
    return internal_error("service does not have a previous spec");
  }
  return AuthFrom::PreviousSpec;
}

Result<Rollback> rollback_option(Request const& request) {
  auto const option = request.query_value("rollback");
  if (option.empty() || option == "none") {
    return Rollback::None;
  }
  if (option != "previous") {
    return internal_error("unrecognized rollback option " + option);
  }
  return Rollback::Previous;
}

}  // namespace

Result<model::ServiceSpec> service_spec_of(nlohmann::json const& document, ApiVersion version) {
  auto spec = wire::service_spec_from_json(document);
  if (!spec) {
    return spec.error();
  }
  wire::trim_for_version(*spec, version.major, version.minor);
  return spec;
}

Result<void> check_service_spec(model::ServiceSpec const& spec) {
  if (spec.task.runtime == "plugin") {
    return internal_error("runtime type \"plugin\" only supported in experimental");
  }
  if (spec.task.runtime != "container" && !spec.task.runtime.empty()) {
    return invalid_argument("unsupported runtime");
  }
  if (!spec.task.container) {
    return invalid_argument("mismatched Runtime and *Spec fields");
  }
  return wire::validate_service_spec(spec);
}

Result<void> check_spec_size(Request const& request) {
  if (request.body.size() <= kMaxSpecBytes) {
    return {};
  }
  return rpc_error("InvalidArgument",
                   "the service spec is too large: " + std::to_string(request.body.size()) +
                       " bytes, at most " + std::to_string(kMaxSpecBytes));
}

Result<ServiceUpdate> update_options(Request const& request, model::Service const& present) {
  ServiceUpdate update;
  update.id = present.id;
  update.registry_auth = request.header("X-Registry-Auth");
  if (update.registry_auth.empty()) {
    auto const source = auth_source(request, present);
    if (!source) {
      return source.error();
    }
    update.auth_from = *source;
  }
  auto const rollback = rollback_option(request);
  if (!rollback) {
    return rollback.error();
  }
  update.rollback = *rollback;
  return update;
}

}  // namespace swarmward::api
