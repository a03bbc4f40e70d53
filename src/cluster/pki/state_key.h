#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "base/id.h"
#include "base/result.h"
#include "cluster/pki/sealed.h"
#include "cluster/pki/unlock_key.h"

namespace swarmward::cluster {

/// `<data-root>/state.key` (0600): the key that the state of a manager is encrypted with on disk,
/// in the clear or, with autolock, wrapped by the unlock key; and this host's address, which
/// `docker info` shows while the state is locked. Blocking calls; one caller at a time.
class StateKey {
 public:
  StateKey(std::filesystem::path file, RandomBytes random)
      : file_(std::move(file)), random_(std::move(random)) {}

  /// Reads the file, or makes a key and the file. Errors: Internal (damaged, cannot be written).
  Result<void> open();
  /// After open(): the unlock key is still to come.
  [[nodiscard]] bool locked() const { return !key_; }
  /// Errors: Unauthorized with native's text.
  Result<void> unlock(UnlockKey const& by);
  /// Not while locked.
  [[nodiscard]] DataKey const& key() const { return *key_; }
  [[nodiscard]] std::string const& node_addr() const { return node_addr_; }

  /// From now on `by` opens it, or nothing is needed to. Not while locked. Does nothing if that is
  /// so already. Errors: Internal; then the file is as it was.
  Result<void> lock_by(std::optional<UnlockKey> const& by, std::string const& node_addr);
  /// A new key in the clear: what was encrypted with the old one is lost. Errors: Internal.
  Result<void> replace();

 private:
  Result<void> write(std::optional<UnlockKey> const& by, std::string const& node_addr);

  std::filesystem::path file_;
  RandomBytes random_;
  std::string wrapped_;  ///< As read, while locked.
  std::optional<DataKey> key_;
  std::optional<UnlockKey> locked_by_;
  std::string node_addr_;
};

}  // namespace swarmward::cluster
