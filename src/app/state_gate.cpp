#include "app/state_gate.h"

#include "base/log.h"
#include "state/sqlite/sqlite_persistence.h"

namespace swarmward::app {

StateGate::StateGate(std::string const& data_root, RandomBytes random)
    : data_root_(data_root), random_(random), key_(data_root + "/state.key", std::move(random)) {}

Result<std::unique_ptr<state::Persistence>> StateGate::open() {
  if (auto opened = key_.open(); !opened) {
    return opened.error();
  }
  auto disk = state::SqlitePersistence::open(data_root_ + "/state.db");
  if (!disk) {
    return disk.error();
  }
  auto sealed = std::make_unique<SealedPersistence>(std::move(*disk), key_, random_);
  disk_ = sealed.get();
  return std::unique_ptr<state::Persistence>(std::move(sealed));
}

Result<void> StateGate::unlock(std::string const& human_readable_key) {
  auto const key = cluster::parse_unlock_key(human_readable_key);
  if (!key) {
    return key.error();
  }
  if (auto unlocked = key_.unlock(*key); !unlocked) {
    return unlocked;
  }
  room_log("cluster")->info("state.unlocked");
  auto entered = enter_();
  return entered ? entered : in_context("swarm component could not be started", entered.error());
}

Result<void> StateGate::forget() {
  if (auto forgotten = disk_->forget(); !forgotten) {
    return forgotten;
  }
  if (auto replaced = key_.replace(); !replaced) {
    return replaced;
  }
  return enter_();
}

Result<void> StateGate::follow(model::Cluster const* cluster) {
  return key_.lock_by(cluster == nullptr ? std::nullopt : lock_of(*cluster),
                      cluster == nullptr ? "" : cluster->advertise_addr);
}

std::optional<cluster::UnlockKey> lock_of(model::Cluster const& cluster) {
  auto const key = cluster::parse_unlock_key(cluster.unlock_key);
  return cluster.unlock_key.empty() || !key ? std::nullopt : std::optional(*key);
}

}  // namespace swarmward::app
