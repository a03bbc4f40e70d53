#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "mesh/apply/net_namespace.h"
#include "mesh/apply/netlink.h"
#include "mesh/render/staged_change.h"

namespace swarmward::mesh {

/// Does the kernel have nftables at all?
[[nodiscard]] bool has_nftables(NetNamespace const& net);

/// Tables of nftables in one namespace that nobody else may change: sees when somebody did. One
/// caller at a time. The namespace must outlive the value.
class OwnedTables {
 public:
  /// `tables` with their families: "ip ward_vip".
  OwnedTables(NetNamespace const& net, std::vector<std::string> tables);

  /// Runs commands that make the tables anew or change them, in one transaction. Empty commands do
  /// nothing. Errors: Unavailable for a change of tables that somebody else changed; they are to be
  /// made anew.
  [[nodiscard]] Result<void> run(std::string const& commands);

  /// Runs the transactions of a change; after an error the later ones are left out. Errors as
  /// above.
  [[nodiscard]] Result<void> run(StagedChange const& change);

  /// Do the tables have what they had after the last change of ours? Cheap as long as nobody
  /// changed any rules of the namespace. Many elements are not read after each change of ours, for
  /// that takes longer than the change, but by the next call: if somebody changed rules in between,
  /// the answer is no.
  [[nodiscard]] bool intact();

  /// Deletes the tables; no error where they are missing.
  [[nodiscard]] Result<void> remove();

 private:
  [[nodiscard]] std::string listing();
  [[nodiscard]] bool untouched();
  /// The kernel's number of the namespace's rules; 0 where it cannot be told.
  [[nodiscard]] std::uint32_t generation();
  [[nodiscard]] Netlink* netlink();
  [[nodiscard]] std::uint64_t elements();

  NetNamespace const& net_;
  std::vector<std::string> tables_;
  /// Kept open: after a change one is slow to close. Nothing before it is used.
  std::optional<Netlink> netlink_;
  std::string seen_;  ///< The listing after the last change.
  /// The kernel's number of the namespace's rules when they were last known to be right. Each
  /// change of anybody counts it up.
  std::uint32_t generation_ = 0;
  std::optional<std::uint64_t> elements_;  ///< All of them, summed up; nothing if not read.
  std::size_t count_ = 0;                  ///< Of the elements when they were read last.
};

}  // namespace swarmward::mesh
