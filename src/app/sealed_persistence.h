#pragma once

#include <memory>

#include "base/id.h"
#include "cluster/pki/state_key.h"
#include "state/persistence.h"

namespace swarmward::app {

/// Rows whose bodies are encrypted on disk by the state key. Each is bound to its kind and id: a
/// body moved to another row does not open. Rows that an older version left in the clear are read,
/// and encrypted at once.
class SealedPersistence final : public state::Persistence {
 public:
  /// `key` outlives this; it is used from the first load() on.
  SealedPersistence(std::unique_ptr<state::Persistence> disk,
                    cluster::StateKey const& key,
                    RandomBytes random)
      : disk_(std::move(disk)), key_(key), random_(std::move(random)) {}

  state::RunLater run_later() override { return disk_->run_later(); }
  /// Errors: those of the disk; Internal for rows that were encrypted with another key.
  Result<std::vector<state::Row>> load() override;
  Result<void> write(std::vector<state::Row> const& rows) override;
  /// Removes every row, without a key. Before load() only.
  Result<void> forget();

 private:
  std::unique_ptr<state::Persistence> disk_;
  cluster::StateKey const& key_;
  cluster::DataKey data_key_;  ///< A copy of its own for the writer's thread.
  RandomBytes random_;
};

}  // namespace swarmward::app
