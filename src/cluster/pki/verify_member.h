#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "cluster/pki/node_certificate.h"

namespace swarmward::cluster {

/// Whom we accept.
struct MemberRules {
  std::vector<std::string> roots;  ///< PEM, one certificate each.
  model::ClusterId cluster;        ///< Ours.
  Time now{};
};

/// Somebody who proved to be a member of our swarm.
struct Peer {
  model::NodeId node;
  model::NodeRole role = model::NodeRole::Worker;
  std::string fingerprint;        ///< As in NodeCertificate.
  bool expired = false;           ///< May do nothing but renew its certificate.
  std::string issuer_subject;     ///< Raw DER, as nodes show it.
  std::string issuer_public_key;  ///< Raw DER; tells the old root from the new.
};

/// Is this chain that of a member of our swarm? `chain` is PEM, the leaf first, or one certificate
/// in DER form. It must lead to one of the roots, be fit for both ends of a connection, and name a
/// node, a role and our swarm. Whoever calls it must know that the peer has the leaf's key, as a
/// TLS handshake proves. Says nothing of nodes that were removed: ask the state for them. Errors:
/// Unauthorized.
[[nodiscard]] Result<Peer> verify_member(std::string_view chain, MemberRules const& rules);

}  // namespace swarmward::cluster
