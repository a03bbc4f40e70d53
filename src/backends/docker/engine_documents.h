#pragma once

#include <string>
#include <string_view>

#include "backends/engine.h"

// The engine's JSON as our structs. Pure.

namespace swarmward::backends {

/// Errors: Internal, if `info` is not JSON.
[[nodiscard]] Result<EngineInfo> parse_engine_info(std::string_view info, std::string_view version);
[[nodiscard]] Result<ContainerState> parse_container_state(std::string_view inspect);
[[nodiscard]] Result<std::vector<ContainerSummary>> parse_container_list(std::string_view list);
/// The id in the answer of POST /containers/create.
[[nodiscard]] Result<std::string> created_id(std::string_view answer);
/// One line of the event stream. Errors: Internal.
[[nodiscard]] Result<ContainerEvent> parse_container_event(std::string_view line);
/// The text of a line of a pull's progress that reports its failure; else empty.
[[nodiscard]] std::string pull_error(std::string_view line);
/// What the engine answered, in its own words.
[[nodiscard]] Error engine_error(unsigned status, std::string_view body);

}  // namespace swarmward::backends
