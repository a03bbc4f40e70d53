#pragma once

#include <functional>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "cluster/pki/desired_ca.h"
#include "cluster/pki/node_certificate.h"
#include "cluster/root_ca.h"
#include "state/snapshot.h"

namespace swarmward::cluster {

/// A next root, and what an external CA of the present root made of it: both PEM.
struct CrossedRoot {
  RootCa next;
  std::string cross_signed;
};

/// What an update needs besides itself. External CAs are asked beforehand: see
/// plan_ca_questions().
struct CaContext {
  Time now{};
  RandomBytes random;   ///< Serials; keys take OpenSSL's randomness.
  Reachable reachable;  ///< Empty: no external CA is.
  /// For rotations away from a root whose key the swarm has not.
  std::optional<CrossedRoot> crossed{};
};

/// What an update of the swarm changes about the CA. Call it before the update's spec replaces the
/// cluster's: a rotation starts when `force_rotate` differs, or when another certificate is given.
/// Giving the present root again ends a rotation without a change; a rotation under way is replaced
/// by a new one. `cluster` is left alone on errors: InvalidArgument and Internal with native's
/// texts.
[[nodiscard]] Result<void> change_ca(model::Cluster& cluster,
                                     CaRequest const& request,
                                     CaContext const& context);

/// The swarm's own key that signs certificates now, if it has one. External CAs come before it: see
/// external_signer_of().
[[nodiscard]] std::optional<Signer> signer_of(model::Cluster const& cluster);

/// The roots whose members are ours, for verify_member(): during a rotation the next one too.
[[nodiscard]] std::vector<std::string> trusted_roots(model::Cluster const& cluster);

/// How many nodes are told to renew at once, and the pause until the next are. Source: swarm mode.
inline constexpr std::size_t kRenewalBatch = 30;
inline constexpr std::chrono::seconds kRenewalBatchPause{3};

/// Has the node a certificate of its own? Engines that a manager drives directly have none.
using HasCertificate = std::function<bool(model::Node const&)>;

/// How far a rotation is.
struct RotationPlan {
  /// To be told to renew now: ready, not told before, a batch at most.
  std::vector<model::NodeId> renew;
  /// Those that still show another issuer, whatever their state. Nodes that are down hold the
  /// rotation up until they are back or removed, as native's do.
  std::vector<model::NodeId> waiting;
  bool finished = false;  ///< Nobody is waited for.
};

/// Pure. Nothing is planned if there is no rotation. `told` are nodes that need not be told again.
[[nodiscard]] RotationPlan plan_rotation(state::Snapshot const& snapshot,
                                         HasCertificate const& has_certificate,
                                         std::set<model::NodeId> const& told);

/// Makes the next root the trusted one; both join tokens change with it. Nodes without a
/// certificate of their own show what the cluster shows. Errors: Conflict if there is no rotation
/// or somebody is still waited for: the state may have moved since the plan.
[[nodiscard]] Result<void> finish_rotation(state::Draft& draft,
                                           HasCertificate const& has_certificate,
                                           RandomBytes const& random);

}  // namespace swarmward::cluster
