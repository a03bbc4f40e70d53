#pragma once

#include <cstdint>
#include <optional>

#include <nlohmann/json_fwd.hpp>

#include "base/result.h"
#include "model/service.h"

namespace swarmward::wire {

/// Counts for `GET /services?status=true`; never part of an inspect.
struct ServiceStatus {
  std::uint64_t running = 0;
  std::uint64_t desired = 0;
  std::uint64_t completed = 0;
};

/// Whether the top-level `Networks` of a spec stands in for an empty TaskTemplate.Networks. Engines
/// up to 28 do so for all API versions, newer ones below 1.44 only.
enum class LegacyNetworks { Ignore, Honour };

/// What a client posts, with the defaults that native materialises at create. Errors, all with
/// native's texts: Go's type errors, then those of the conversion ("invalid MountType: …"). The
/// checks of validate/service_spec.h are not part of it.
[[nodiscard]] Result<model::ServiceSpec> service_spec_from_json(
    nlohmann::json const& document, LegacyNetworks legacy = LegacyNetworks::Honour);

[[nodiscard]] nlohmann::json to_json(model::ServiceSpec const& spec);
[[nodiscard]] nlohmann::json to_json(model::Service const& service,
                                     std::optional<ServiceStatus> status = std::nullopt);

/// The spec with what native assumes where the user said nothing (`?insertDefaults=true`).
[[nodiscard]] model::ServiceSpec insert_defaults(model::ServiceSpec spec);
/// The service as `?insertDefaults=true` shows it: defaults in Spec, not in PreviousSpec.
[[nodiscard]] nlohmann::json with_insert_defaults(model::Service const& service);

/// Repeats the networks of the task templates where clients before API 1.25 look for them: beside
/// the template. For a service as to_json() makes it.
void add_legacy_networks(nlohmann::json& service);

/// Clears what the requested API version does not know, silently, as native does.
void trim_for_version(model::ServiceSpec& spec, unsigned major, unsigned minor);

}  // namespace swarmward::wire
