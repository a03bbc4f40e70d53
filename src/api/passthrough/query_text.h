#pragma once

#include <map>
#include <string>

namespace swarmward::api {

/// A request's query as it is written behind a path: "?all=1&limit=2", or "" without any.
[[nodiscard]] std::string query_text(std::multimap<std::string, std::string> const& query);

}  // namespace swarmward::api
