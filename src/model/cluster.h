#pragma once

#include "model/network_plan.h"
#include "model/node.h"

namespace swarmward::model {

struct RaftConfig {
  std::uint64_t snapshot_interval = 10000;
  std::optional<std::uint64_t> keep_old_snapshots = 0;
  std::uint64_t log_entries_for_slow_followers = 500;
  std::int64_t election_tick = 10;
  std::int64_t heartbeat_tick = 1;
  bool operator==(RaftConfig const&) const = default;
};

struct ExternalCa {
  std::string protocol;  ///< cfssl.
  std::string url;
  StringMap options;
  std::string ca_cert;
  bool operator==(ExternalCa const&) const = default;
};

struct CaConfig {
  Duration node_cert_expiry{};
  std::vector<ExternalCa> external_cas;
  std::uint64_t force_rotate = 0;
  bool operator==(CaConfig const&) const = default;
};

/// Defaults are those of a fresh `swarm init`; an update replaces all of it.
struct ClusterSpec {
  Annotations annotations{"default", {}};
  std::optional<std::int64_t> task_history_limit = 5;
  RaftConfig raft;
  Duration heartbeat_period = std::chrono::seconds(5);
  CaConfig ca{std::chrono::hours(90 * 24), {}, 0};
  bool autolock = false;
  bool operator==(ClusterSpec const&) const = default;
};

/// A change of the root CA under way. Nodes still trust TlsInfo::trust_root, and get certificates
/// that the next root signs.
struct RootRotation {
  std::string certificate;   ///< The next root, PEM.
  std::string key;           ///< PEM, never shown. Empty: an external CA signs.
  std::string cross_signed;  ///< The next root as signed by the present one, PEM.
  bool operator==(RootRotation const&) const = default;
};

/// The swarm itself; there is one or none.
struct Cluster {
  ClusterId id;
  Meta meta;
  ClusterSpec spec;
  /// The root that nodes trust; the issuer is the next root already while it changes.
  TlsInfo tls;
  std::string ca_key;  ///< Of the trusted root, PEM, never shown. Empty: an external CA signs.
  std::optional<RootRotation> root_rotation;
  std::string worker_token;
  std::string manager_token;
  std::optional<std::vector<std::string>> default_addr_pool;
  std::uint32_t subnet_size = 24;
  std::uint32_t data_path_port = 4789;
  std::string advertise_addr;  ///< The manager's IP address without a port.
  /// That was on an interface of the host once. One that never was is a router's.
  bool advertise_addr_own = false;
  std::string listen_addr;
  std::string unlock_key;  ///< Empty while autolock is off.
  NodeId manager_node;     ///< The node of this daemon's own host.
  /// Of encrypted networks, oldest first; none before the first such network.
  std::vector<NetworkKey> network_keys;
  Time network_keys_changed{};  ///< When the newest was added.
};

}  // namespace swarmward::model
