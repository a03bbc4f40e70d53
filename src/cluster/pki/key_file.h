#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "base/id.h"
#include "base/result.h"
#include "cluster/pki/unlock_key.h"

namespace swarmward::cluster {

/// What a member keeps of its identity.
struct MemberIdentity {
  std::string chain;  ///< PEM, the node's certificate first.
  std::string key;    ///< PEM; never shown.
  std::string roots;  ///< PEM of the roots it trusts.
  bool operator==(MemberIdentity const&) const = default;
};

/// The files of a member in `<data-root>/certificates/`: swarm-node.crt, swarm-node.key (0600, or
/// sealed by an unlock key on top of that) and swarm-root-ca.crt. Blocking calls; one caller at a
/// time.
class KeyFiles {
 public:
  explicit KeyFiles(std::filesystem::path folder) : folder_(std::move(folder)) {}

  /// Replaces all three. A crash at any moment leaves a set that load() can read: the old or the
  /// new one. `lock` seals the key. Errors: Internal, naming the file.
  [[nodiscard]] Result<void> store(MemberIdentity const& identity,
                                   std::optional<UnlockKey> const& lock,
                                   RandomBytes const& random) const;

  /// Errors: NotFound if there is nothing; Unavailable with native's text if the key is sealed and
  /// no `lock` is given; Unauthorized with native's text if it is another; Internal if files are
  /// damaged or cannot be read.
  [[nodiscard]] Result<MemberIdentity> load(std::optional<UnlockKey> const& lock) const;

  /// Is there a key, and is it sealed?
  [[nodiscard]] bool locked() const;

  /// Removes the files, as leaving does. Errors: Internal.
  [[nodiscard]] Result<void> remove() const;

 private:
  std::filesystem::path folder_;
};

}  // namespace swarmward::cluster
