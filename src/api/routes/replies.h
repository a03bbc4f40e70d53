#pragma once

#include <string>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "api/server/http_message.h"
#include "base/result.h"

namespace swarmward::api {

[[nodiscard]] Response json_reply(nlohmann::json const& document, unsigned status = 200);
/// A list of documents that are already text; never `null`.
[[nodiscard]] Response list_reply(std::vector<std::string> const& documents);
/// 200 without a body.
[[nodiscard]] Response empty_reply();

/// The body as JSON, by the rules of engines since 23.0: an empty body is null, a body must say
/// that it is JSON. Errors: InvalidArgument with native's texts.
[[nodiscard]] Result<nlohmann::json> read_json(Request const& request);

}  // namespace swarmward::api
