#pragma once

#include <string>
#include <string_view>

#include "mesh/plugin/driver.h"

namespace swarmward::mesh {

/// An answer to the engine.
struct PluginReply {
  int status = 200;
  std::string body;
};

/// Answers one request: "/NetworkDriver.Join" and its JSON. Unknown ones are answered with 404,
/// which the engine takes for "this driver has no need of it".
[[nodiscard]] PluginReply answer_engine(std::string_view path,
                                        std::string_view body,
                                        NetworkDriver& driver);

}  // namespace swarmward::mesh
