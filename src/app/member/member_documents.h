#pragma once

#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "base/result.h"
#include "model/cluster.h"
#include "state/snapshot.h"

// What members and managers tell each other: JSON, both ways.

namespace swarmward::app {

/// A manager's address as members use it.
struct ManagerAddress {
  std::string node;
  std::string address;  ///< ip:port.
  bool operator==(ManagerAddress const&) const = default;
};

[[nodiscard]] std::vector<ManagerAddress> managers_of(state::Snapshot const& snapshot);
[[nodiscard]] nlohmann::json to_json(std::vector<ManagerAddress> const& managers);
/// What is malformed is left out.
[[nodiscard]] std::vector<ManagerAddress> managers_from(nlohmann::json const& document);

/// An object. Errors: InvalidArgument.
[[nodiscard]] Result<nlohmann::json> parse_message(std::string const& body);
/// Empty if absent or no string.
[[nodiscard]] std::string text_of(nlohmann::json const& document, char const* key);
/// 0 if absent or no number from 0 to 65535.
[[nodiscard]] std::uint32_t port_of(nlohmann::json const& document, char const* key);

}  // namespace swarmward::app
