#pragma once

#include <nlohmann/json.hpp>

#include "api/attach_control.h"

// What workers and managers tell each other of attachments: JSON, both ways.

namespace swarmward::app {

[[nodiscard]] nlohmann::json to_json(std::vector<api::AttachWish> const& wishes);
/// Errors: InvalidArgument.
[[nodiscard]] Result<std::vector<api::AttachWish>> wishes_from(nlohmann::json const& document);

[[nodiscard]] nlohmann::json to_json(api::AttachControl::Places const& places);
/// Errors: InvalidArgument, also if they are not `count`.
[[nodiscard]] Result<api::AttachControl::Places> places_from(nlohmann::json const& document,
                                                             std::size_t count);

/// What is no text is left out; no list at all is an empty one.
[[nodiscard]] std::vector<std::string> texts_from(nlohmann::json const& document);

}  // namespace swarmward::app
