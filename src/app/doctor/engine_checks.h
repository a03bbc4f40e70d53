#pragma once

#include <string>
#include <vector>

#include "api/ward_control.h"
#include "base/time.h"

namespace swarmward::app {

/// What an engine answered, and when.
struct EngineAnswers {
  std::string node;
  std::string address;        ///< URL of the engine.
  Result<std::string> info;   ///< The document of GET /info.
  std::string api_version{};  ///< The newest API that it speaks.
  Time asked{};               ///< By this host's clock.
  Time answered{};
};

/// Reachable, new enough, no swarm mode of its own, live-restore, and its clock. Pure.
[[nodiscard]] std::vector<api::Check> engine_checks(EngineAnswers const& answers);

/// Where the engine keeps its data; empty if it does not say.
[[nodiscard]] std::string data_root_of(EngineAnswers const& answers);

}  // namespace swarmward::app
