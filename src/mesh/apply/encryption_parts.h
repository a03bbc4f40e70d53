#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "mesh/apply/owned_tables.h"
#include "mesh/network_parts.h"
#include "mesh/render/encryption.h"

namespace swarmward::mesh {

/// What encrypts overlays between this host and others, as the agent calls it. A network that is to
/// be encrypted is so before it is in the kernel, or is not made at all. Calls with values that are
/// in the kernel already restore what others removed. One call at a time. The kernel keeps all of
/// it when the value goes.
class EncryptionParts final : public NetworkParts {
 public:
  /// `host` is the engine's namespace and must outlive the value.
  EncryptionParts(NetNamespace const& host, bool kernel_can);

  [[nodiscard]] Result<void> prepare(model::PlannedNetwork const& network,
                                     model::NetworkPlan const& plan) override;
  [[nodiscard]] Result<void> put(NetNamespace const& home,
                                 model::SharedNetwork const& network) override;
  void take(NetNamespace const& home, model::PlannedNetwork const& network) override;
  [[nodiscard]] Result<void> finish(NetNamespace const* ingress,
                                    model::NetworkPlan const& plan) override;

 private:
  [[nodiscard]] EncryptionWanted wanted_by(model::NetworkPlan const& plan) const;
  [[nodiscard]] Result<void> apply(EncryptionWanted const& wanted);
  [[nodiscard]] Result<void> apply_table(EncryptionWanted const& wanted);
  [[nodiscard]] Result<void> remove_all();

  NetNamespace const& host_;
  bool kernel_can_;
  OwnedTables tables_;
  std::map<std::string, std::uint32_t> present_;  ///< VNIs of encrypted networks, by id.
  std::string rules_;                             ///< What the table was made from.
  std::optional<EncryptionWanted> applied_;
  bool clean_ = false;  ///< Nothing of ours is left on this host.
};

}  // namespace swarmward::mesh
