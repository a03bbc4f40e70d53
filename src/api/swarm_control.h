#pragma once

#include <functional>
#include <memory>
#include <string>

#include <boost/asio/awaitable.hpp>

#include "api/server/http_message.h"
#include "backends/engine.h"
#include "base/result.h"
#include "model/cluster.h"
#include "model/task.h"
#include "wire/swarm.h"

namespace swarmward::api {

/// What `swarm init` asks for, free of JSON.
struct InitOptions {
  std::string listen_addr;
  std::string advertise_addr;
  std::string data_path_addr;
  std::uint32_t data_path_port = 0;
  bool force_new_cluster = false;
  model::ClusterSpec spec;
  model::Availability availability = model::Availability::Active;
  std::optional<std::vector<std::string>> default_addr_pool;
  std::uint32_t subnet_size = 0;
};

enum class Force { No, Yes };
enum class Rotate { No, Yes };

/// What an update of the swarm says of its CA.
struct CaUpdate {
  model::CaConfig config;
  std::string signing_cert;  ///< PEM, may be empty.
  std::string signing_key;   ///< PEM, may be empty; never logged.
};
/// Does to the cluster what such an update asks for; leaves it alone on errors.
using CaChange = std::function<Result<void>(model::Cluster&)>;

/// What a host knows of the swarm whose state it does not have: as a worker, or as a manager whose
/// state is locked.
struct WorkerView {
  struct Manager {
    std::string node;
    std::string address;  ///< ip:port.
  };
  model::NodeId node;
  std::string address;  ///< Its own, without a port.
  std::vector<Manager> managers;
  std::string error;  ///< Why managers turn it away, or that it is locked; empty if all is well.
  bool locked = false;
};

/// What the routes need beyond the state: membership of this host, and the engines of the nodes.
/// Implemented by the daemon's wiring. Called on the io thread.
class SwarmControl {
 public:
  virtual ~SwarmControl() = default;

  /// Makes a swarm whose only manager is this host. Errors with native's texts.
  virtual asio::awaitable<Result<model::NodeId>> init(InitOptions options) = 0;
  /// Joins a swarm as a worker. Errors with native's texts.
  virtual asio::awaitable<Result<void>> join(wire::JoinRequest request) = 0;
  virtual asio::awaitable<Result<void>> leave(Force force) = 0;
  /// Null if this host is in no swarm, or has its state.
  [[nodiscard]] virtual std::shared_ptr<WorkerView const> worker() const = 0;
  /// To be run in the update's change, before its spec replaces the cluster's. External CAs that
  /// the change depends on are asked before it is returned: some seconds each. Errors of the
  /// change: native's texts.
  [[nodiscard]] virtual asio::awaitable<CaChange> ca_change(CaUpdate update) = 0;
  /// A new join token (SWMTKN-1-…) for the present root certificate.
  [[nodiscard]] virtual std::string new_join_token() = 0;
  /// A new unlock key (SWMKEY-1-…).
  [[nodiscard]] virtual std::string new_unlock_key() = 0;
  /// Locks what is on disk as the swarm's autolock says by now. Errors: Internal.
  [[nodiscard]] virtual Result<void> keep_locked() = 0;
  /// Goes on with a state that was locked. Errors: native's texts.
  [[nodiscard]] virtual Result<void> unlock(std::string const& key) = 0;

  /// The engine of this host; never null.
  [[nodiscard]] virtual std::shared_ptr<backends::Engine> local_engine() = 0;
  /// Where requests for the engine of this host go; never null.
  [[nodiscard]] virtual std::shared_ptr<Upstream const> local_upstream() = 0;
  /// The engine of a node; null if the node is unknown or has no engine here.
  [[nodiscard]] virtual std::shared_ptr<backends::Engine> engine_of(model::NodeId const& node) = 0;
  /// Where requests for the engine of a node go; null if the node is unknown or has no engine here.
  [[nodiscard]] virtual std::shared_ptr<Upstream const> upstream_of(model::NodeId const& node) = 0;
};

}  // namespace swarmward::api
