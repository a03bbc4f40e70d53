#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "backends/engine.h"

// The paths of requests to an engine, without the version. Pure.

namespace swarmward::backends {

/// What the engine's pull takes: "repo:tag" and "repo@digest" taken apart; no tag means "latest".
struct ImageName {
  std::string repository;
  std::string tag;  ///< Or the digest, which wins over a tag.
};
[[nodiscard]] ImageName split_image(std::string_view reference);

/// "/containers/ID" and what follows.
[[nodiscard]] std::string container_path(std::string_view id, std::string_view rest);
[[nodiscard]] std::string pull_target(std::string_view reference);
[[nodiscard]] std::string list_target(std::string_view label);
[[nodiscard]] std::string events_target(std::string_view label);
[[nodiscard]] std::string logs_target(std::string_view id, LogQuery const& query);

/// The version that we speak to an engine whose newest is `newest`: never above 1.44, whose
/// documents are the newest we know. Nothing if it is malformed.
[[nodiscard]] std::optional<std::string> spoken_version(std::string_view newest);

}  // namespace swarmward::backends
