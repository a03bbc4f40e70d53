#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "mesh/apply/net_namespace.h"
#include "mesh/render/chains.h"

namespace swarmward::mesh {

/// Chains of iptables in one namespace that nobody else may change: sees when somebody did. Starts
/// programs for everything. One caller at a time. The namespace must outlive the value.
class OwnedChains {
 public:
  /// `iptables` is the flavour: "iptables-nft" or "iptables-legacy". `prefix` is one of kAllChains.
  OwnedChains(NetNamespace const& net, std::string iptables, std::string_view prefix);

  /// Makes it so that these chains of ours, and no others, are there, before all other rules. Each
  /// table changes in one transaction. Writes nothing if it is so. Errors: NotFound where there is
  /// no such program, Unavailable with what it said.
  [[nodiscard]] Result<void> put(Chains const& wanted);

  /// Puts back what others took or changed since put(); nothing before.
  [[nodiscard]] Result<void> reassert();

  /// Deletes the chains; no error where they are missing.
  [[nodiscard]] Result<void> remove();

 private:
  [[nodiscard]] Result<void> write(Chains const& wanted, std::string const& before);

  NetNamespace const& net_;
  std::string iptables_;
  std::string_view prefix_;
  std::optional<Chains> wanted_;     ///< Nothing before put().
  std::optional<std::string> seen_;  ///< What was there after the last change that succeeded.
};

/// Our chains whose names begin so, and the jumps to them, as own_part() has them; empty without
/// any. Starts a program. Errors: as above.
[[nodiscard]] Result<std::string> list_chains(NetNamespace const& net,
                                              std::string const& iptables,
                                              std::string_view prefix);

/// What list_chains() tells where these chains, and nothing else, were put: iptables says rules in
/// other words than it was told. Tried out in a namespace of its own. Starts programs.
[[nodiscard]] Result<std::string> list_chains_once_put(Chains const& wanted,
                                                       std::string const& iptables,
                                                       std::string_view prefix);

/// Are there chains of ours of that flavour? Cheap: starts no program. Changes nothing; with the
/// legacy flavour, for which that takes a program, any table of its own counts.
[[nodiscard]] bool may_have_chains(NetNamespace const& net, std::string const& iptables);

}  // namespace swarmward::mesh
