#pragma once

#include "api/server/http_message.h"
#include "backends/engine.h"
#include "base/result.h"

namespace swarmward::api {

/// The query of a log route. Errors: Internal, as native has it.
[[nodiscard]] Result<backends::LogQuery> log_query_of(Request const& request);

/// Neither stdout nor stderr: said before anything else is looked at.
[[nodiscard]] Result<void> check_streams(Request const& request);

/// The type of the answer; from API 1.42 on it tells whether there are frames.
[[nodiscard]] std::string log_content_type(ApiVersion version, bool framed);

}  // namespace swarmward::api
