#pragma once

#include "model/network.h"
#include "model/resources.h"
#include "model/service.h"

namespace swarmward::model {

enum class NodeRole { Worker, Manager };
enum class Availability { Active, Pause, Drain };
enum class NodeState { Unknown, Down, Ready, Disconnected };

struct NodeSpec {
  Annotations annotations;  ///< The name is free text, not a look-up key.
  NodeRole role = NodeRole::Worker;
  Availability availability = Availability::Active;
  bool operator==(NodeSpec const&) const = default;
};

struct Plugin {
  std::string type;  ///< Authorization, Log, Network or Volume.
  std::string name;
  auto operator<=>(Plugin const&) const = default;
};

struct TlsInfo {
  std::string trust_root;         ///< PEM.
  std::string issuer_subject;     ///< Raw DER.
  std::string issuer_public_key;  ///< Raw DER.
  bool operator==(TlsInfo const&) const = default;
};

/// What the node's engine says of itself. Refreshed at each connect; may be stale while it is down.
struct NodeDescription {
  std::string hostname;
  Platform platform;
  Resources resources;
  std::string engine_version;
  StringMap engine_labels;
  std::vector<Plugin> plugins;  ///< Sorted by type, then name.
  TlsInfo tls;
  bool operator==(NodeDescription const&) const = default;
};

/// Written by liveness, and once at the founding of the swarm.
struct NodeStatus {
  NodeState state = NodeState::Unknown;
  std::string message;
  std::string addr;
  bool operator==(NodeStatus const&) const = default;
};

struct ManagerStatus {
  bool leader = false;
  bool reachable = true;
  std::string addr;  ///< ip:2377.
  bool operator==(ManagerStatus const&) const = default;
};

/// How the engine of a node is reached that the daemon was not given at its start. Never shown.
struct EngineAccess {
  /// A host that joined: the port of its agent, at the node's address; 0 for others.
  std::uint32_t agent_port = 0;
  /// Servers of DNS that this host uses and its containers can ask.
  std::vector<std::string> resolvers;
  std::string fingerprint;  ///< Of that host's key, see cluster/pki; the node is known by it.
  /// An adopted engine: "tcp://host:2376", "ssh://user@host"; empty for others.
  std::string url;
  std::string ca;            ///< PEM, for tcp:// with TLS; empty: the roots of the system.
  std::string certificate;   ///< PEM.
  std::string key;           ///< PEM.
  std::string ssh_identity;  ///< Text of a key for ssh; empty: what ssh finds itself.
  bool operator==(EngineAccess const&) const = default;
};

struct Node {
  NodeId id;
  Meta meta;
  NodeSpec spec;
  NodeRole role = NodeRole::Worker;  ///< Observed; spec.role is the wish.
  NodeDescription description;
  NodeStatus status;
  std::optional<ManagerStatus> manager;
  /// The name under which the daemon was given this node's engine (`--engine NAME=URL`); "local"
  /// for the host's own engine; empty if the engine is reached by `access`.
  std::string engine_name;
  /// Which engine it is, as that said last (backends::EngineInfo::id); empty if it did not.
  std::string engine_id;
  EngineAccess access;
  /// A listed engine whose socket is one of the manager's host, which can have files of tasks laid
  /// down for it. Written at the daemon's start.
  bool same_host = false;
  /// What its agent said of the host's kernel: it can encrypt what goes to other nodes.
  bool can_encrypt = false;
  /// The IP address to which other hosts send what is for overlay networks here; empty:
  /// status.addr.
  std::string data_path_addr;
  /// The node's own address in each overlay network of which it has a task. Written by the
  /// allocator.
  std::vector<NetworkAddress> attachments;
};

/// The IP address to which other hosts send what is for overlay networks on this one.
[[nodiscard]] inline std::string const& data_path_of(Node const& node) {
  return node.data_path_addr.empty() ? node.status.addr : node.data_path_addr;
}

}  // namespace swarmward::model
