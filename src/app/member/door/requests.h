#pragma once

#include "api/server/http_message.h"
#include "app/member/member_documents.h"

// What the endpoints of the manager's port read from requests and answer.

namespace swarmward::app {

[[nodiscard]] api::Response json_answer(nlohmann::json const& document);

/// Where a member is reached: as it says itself, else as it is seen.
[[nodiscard]] std::string address_of(nlohmann::json const& document, api::Request const& request);

/// Active if absent or unknown.
[[nodiscard]] model::Availability availability_of(nlohmann::json const& document);

}  // namespace swarmward::app
