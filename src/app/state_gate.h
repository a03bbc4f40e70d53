#pragma once

#include <functional>
#include <memory>
#include <string>

#include "app/sealed_persistence.h"
#include "cluster/pki/state_key.h"
#include "model/cluster.h"

namespace swarmward::app {

/// The way to the state on disk, which autolock keeps shut after a start until somebody brings the
/// unlock key. Io thread only; blocks for a few small files.
class StateGate {
 public:
  /// Goes through once the state can be read.
  using Enter = std::function<Result<void>()>;

  StateGate(std::string const& data_root, RandomBytes random);

  /// Opens the files; the state itself is not read. Errors: Unavailable, Internal.
  Result<std::unique_ptr<state::Persistence>> open();
  void on_enter(Enter enter) { enter_ = std::move(enter); }

  [[nodiscard]] bool locked() const { return key_.locked(); }
  /// This host's address, as known when the state was last open.
  [[nodiscard]] std::string const& node_addr() const { return key_.node_addr(); }

  /// Errors: InvalidArgument and Unauthorized with native's texts; what entering says.
  Result<void> unlock(std::string const& human_readable_key);
  /// Forgets a state that nobody can open any more, and enters an empty one.
  Result<void> forget();
  /// Locks as the cluster wants it; no cluster (null) wants no lock. Errors: Internal.
  Result<void> follow(model::Cluster const* cluster);

 private:
  std::string data_root_;
  RandomBytes random_;
  cluster::StateKey key_;
  SealedPersistence* disk_ = nullptr;  ///< The store owns it.
  Enter enter_;
};

/// The lock of a cluster's secrets on disk; nothing while autolock is off.
[[nodiscard]] std::optional<cluster::UnlockKey> lock_of(model::Cluster const& cluster);

}  // namespace swarmward::app
