#pragma once

#include "api/server/http_message.h"
#include "base/result.h"

namespace swarmward::api {

/// The one place where kinds of failure become HTTP statuses.
[[nodiscard]] unsigned http_status(ErrorCode code);

/// `{"message":…}`; plain text for clients older than API 1.24, as native has it.
[[nodiscard]] Response error_response(Error const& error, ApiVersion version);

/// Native's answer to an unknown path and to a method the path does not have: there is no 405.
[[nodiscard]] Response page_not_found();

}  // namespace swarmward::api
