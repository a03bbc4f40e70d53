#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "api/server/http_server.h"
#include "base/result.h"

// What a client may expect because it was offered a newer API than the engine speaks. Only cases
// with wrong effects are shaped; a field that an old engine ignores without harm is left alone.
//
// Looked at, for 1.42 to 1.44 on an engine of 1.41, and shaped here:
//  - POST /volumes/prune (1.42): only anonymous volumes, unless the filter `all` is set; older
//    engines remove the named ones too.
//  - POST /networks/create (1.44): duplicates are always checked; older engines do it on request.
//  - POST /containers/create (1.44): the MAC address moved to the endpoint; older engines read it
//    from the container's configuration alone.
// Not shaped, known differences:
//  - `signal` of POST /containers/{id}/stop and /restart (1.42): ignored, the container's own stop
//    signal is sent.
//  - BindOptions.ReadOnlyForceRecursive (1.44): ignored, mounts below the source stay writable.
//  - BindOptions.CreateMountpoint (1.42): refused by the engine if the source is missing.
//  - Several networks at once in POST /containers/create (1.44): refused by the engine.
//  - Healthcheck.StartInterval, HostConfig.Annotations (1.44, 1.43), ConsoleSize (1.42),
//    `type` of GET /system/df (1.42), `shared-size` of GET /images/json (1.42): ignored.

namespace swarmward::api {

enum class Shaping { None, PruneVolumes, CheckDuplicate, MacAddress };

[[nodiscard]] Shaping find_shaping(std::string_view method,
                                   std::string_view path,
                                   ApiVersion asked,
                                   ApiVersion engine);

/// The body of POST /networks/create with CheckDuplicate set. What is not JSON stays as it is, for
/// the engine to refuse.
[[nodiscard]] std::string with_check_duplicate(std::string body);
/// The body of POST /containers/create with the endpoint's MAC address where older engines look.
[[nodiscard]] std::string with_mac_address(std::string body);

/// What a volume prune of API 1.42 means for an older engine.
struct PrunePlan {
  bool all = false;  ///< Named volumes too: the engine's own prune, without the `all` filter.
  std::string engine_query;  ///< For that prune (all), else for GET /volumes: dangling ones.
};
/// Errors: InvalidArgument (filters that cannot be read).
[[nodiscard]] Result<PrunePlan> plan_volume_prune(std::string_view raw_query);

/// The names of anonymous volumes, 64 hex digits, in the answer of GET /volumes.
[[nodiscard]] std::vector<std::string> anonymous_volumes(std::string_view list);
[[nodiscard]] std::string render_prune_report(std::vector<std::string> const& deleted);

}  // namespace swarmward::api
