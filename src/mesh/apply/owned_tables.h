#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "mesh/apply/net_namespace.h"
#include "mesh/render/staged_change.h"

namespace swarmward::mesh {

/// Tables of nftables in one namespace that nobody else may change: sees when somebody did. One
/// caller at a time. The namespace must outlive the value.
class OwnedTables {
 public:
  /// `tables` with their families: "ip ward_vip".
  OwnedTables(NetNamespace const& net, std::vector<std::string> tables);

  /// Runs commands that make the tables anew or change them, in one transaction. Empty commands do
  /// nothing.
  [[nodiscard]] Result<void> run(std::string const& commands);

  /// Runs the transactions of a change; after an error the later ones are left out.
  [[nodiscard]] Result<void> run(StagedChange const& change);

  /// Do the tables have what they had after the last change of ours? Cheap as long as nobody
  /// changed any rules of the namespace. Elements that somebody else took before the first call
  /// after a change of ours are not missed: reading them takes as long as writing them.
  [[nodiscard]] bool intact();

  /// Deletes the tables; no error where they are missing.
  [[nodiscard]] Result<void> remove();

 private:
  [[nodiscard]] std::string listing() const;
  [[nodiscard]] std::uint64_t elements() const;

  NetNamespace const& net_;
  std::vector<std::string> tables_;
  std::string seen_;  ///< The listing after the last change.
  /// The kernel's number of the namespace's rules when they were last known to be right. Each
  /// change of anybody counts it up.
  std::uint32_t generation_ = 0;
  std::optional<std::uint64_t> elements_;  ///< All of them, summed up.
};

}  // namespace swarmward::mesh
