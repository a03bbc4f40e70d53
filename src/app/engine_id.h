#pragma once

#include <string>

namespace swarmward::app {

/// Pure. What tells an engine from others, by its answer to GET /info: hosts made from one image
/// have the same ID, but rarely the same name as well. Empty if it does not say.
[[nodiscard]] std::string engine_id(std::string const& info);

}  // namespace swarmward::app
