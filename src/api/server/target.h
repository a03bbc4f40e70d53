#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "api/server/http_server.h"

namespace swarmward::api {

/// A request's target, taken apart.
struct Target {
  std::string origin;                 ///< "http://host" of the absolute form; usually empty.
  std::optional<ApiVersion> version;  ///< Of the prefix "/v1.41".
  std::string raw_path;               ///< As sent, without the version.
  std::string path;                   ///< Percent-decoded.
  std::string raw_query;              ///< Without the question mark.
  bool has_query = false;
};

/// Nothing if it names no path or is badly encoded.
[[nodiscard]] std::optional<Target> parse_target(std::string_view target);
/// The target with another version (none: unversioned).
[[nodiscard]] std::string render_target(Target const& target, std::optional<ApiVersion> version);

/// A path `/nodes/NAME/REST` that asks for the engine of one node. Paths of the Engine API itself
/// (`/nodes/ID`, `/nodes/ID/update`, versioned ones) are none.
struct NodePrefix {
  std::string node;
  std::string rest;  ///< A target, with its query.
};
[[nodiscard]] std::optional<NodePrefix> parse_node_prefix(Target const& target);

/// Where a path with empty, "." or ".." segments is redirected to; nothing if it is clean.
/// Source: the router of dockerd, which redirects such paths with status 301.
[[nodiscard]] std::optional<std::string> cleaned_target(std::string_view target);

/// Nothing if a percent sign is not followed by two hex digits.
[[nodiscard]] std::optional<std::string> percent_decode(std::string_view text);
/// '+' is a space. Pairs that are badly encoded are left out, as dockerd does.
[[nodiscard]] std::multimap<std::string, std::string> parse_query(std::string_view raw);

/// The newest version that is offered to clients.
[[nodiscard]] ApiVersion offered_version(EngineFacts const& facts);
/// The refusal of a version that is too old or too new, or nothing. Source: dockerd's version
/// middleware; the body is plain text for versions before 1.24, which know no JSON errors.
[[nodiscard]] std::optional<Response> refuse_version(ApiVersion asked, ApiVersion offered);

}  // namespace swarmward::api
