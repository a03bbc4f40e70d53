#pragma once

#include <optional>
#include <string>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "base/result.h"
#include "model/cluster.h"

namespace swarmward::wire {

/// What is read from a SwarmSpec: the spec, and the signing CA, which is taken in but never shown.
struct SwarmSpecRequest {
  model::ClusterSpec spec;
  std::string signing_ca_cert;  ///< PEM.
  std::string signing_ca_key;   ///< PEM; never logged.
};

struct InitRequest {
  std::string listen_addr;
  std::string advertise_addr;
  std::string data_path_addr;
  std::uint32_t data_path_port = 0;  ///< 0 means 4789.
  bool force_new_cluster = false;
  SwarmSpecRequest spec;  ///< Zero or absent fields hold the defaults of a fresh swarm.
  model::Availability availability = model::Availability::Active;
  /// Absent or null means 10.0.0.0/8; the CLI sends an empty list, which native shows as null.
  std::optional<std::vector<std::string>> default_addr_pool;
  std::uint32_t subnet_size = 0;  ///< 0 means 24.
};

struct JoinRequest {
  std::string listen_addr;
  std::string advertise_addr;
  std::string data_path_addr;
  std::vector<std::string> remote_addrs;
  std::string join_token;  ///< Never logged.
  model::Availability availability = model::Availability::Active;
};

/// AutoLockManagers of the request and of its spec are one. Errors: InvalidArgument; Internal for a
/// bad Availability, as native has it.
[[nodiscard]] Result<InitRequest> init_request_from_json(nlohmann::json const& document);
[[nodiscard]] Result<JoinRequest> join_request_from_json(nlohmann::json const& document);
/// The key in the body of `POST /swarm/unlock`. Errors: InvalidArgument.
[[nodiscard]] Result<std::string> unlock_key_from_json(nlohmann::json const& document);

/// The body of `POST /swarm/update`: what is omitted becomes zero. Errors: InvalidArgument.
[[nodiscard]] Result<SwarmSpecRequest> swarm_spec_from_json(nlohmann::json const& document);

/// Checks of native's control API on the spec of an update. Errors: InvalidArgument.
[[nodiscard]] Result<void> validate_swarm_spec(model::ClusterSpec const& spec);

/// `GET /swarm`, join tokens included.
[[nodiscard]] nlohmann::json to_json(model::Cluster const& cluster);
[[nodiscard]] nlohmann::json to_json(model::ClusterSpec const& spec);
/// The `Cluster` part of `GET /info`: the same without tokens.
[[nodiscard]] nlohmann::json cluster_info(model::Cluster const& cluster);

}  // namespace swarmward::wire
