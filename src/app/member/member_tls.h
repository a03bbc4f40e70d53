#pragma once

#include <optional>

#include "base/net/tls_context.h"
#include "base/time.h"
#include "cluster/pki/key_file.h"
#include "cluster/pki/verify_member.h"

namespace swarmward::app {

/// This host's identity in its swarm, and whom it accepts as a member. Io thread only.
class MemberTls {
 public:
  explicit MemberTls(Clock const& clock) : clock_(clock) {}

  /// Errors: InvalidArgument if certificate and key cannot be used.
  Result<void> use(cluster::MemberIdentity identity);
  /// Other roots from now on, PEM.
  Result<void> trust(std::string const& roots);
  void clear();

  [[nodiscard]] bool ready() const { return context_ != nullptr; }
  [[nodiscard]] cluster::MemberIdentity const& identity() const { return identity_; }
  [[nodiscard]] cluster::NodeCertificate const& certificate() const { return *certificate_; }
  /// For both ends of a connection. Takes every peer: judge() must follow. Null if not ready.
  [[nodiscard]] net::TlsContext context() const { return context_; }
  /// Errors: Unauthorized.
  [[nodiscard]] Result<cluster::Peer> judge(std::string const& chain) const;
  /// The same, and it must be a manager's, in force. Errors: Unauthorized.
  [[nodiscard]] Result<void> judge_manager(std::string const& chain) const;
  /// The same, and it must be that node's, in force. Errors: Unauthorized.
  [[nodiscard]] Result<void> judge_node(std::string const& chain, model::NodeId const& node) const;

 private:
  Clock const& clock_;
  cluster::MemberIdentity identity_;
  std::optional<cluster::NodeCertificate> certificate_;
  std::vector<std::string> roots_;
  net::TlsContext context_;
};

/// The certificates of a PEM text, one each.
[[nodiscard]] std::vector<std::string> split_pem(std::string const& text);
[[nodiscard]] std::string join_pem(std::vector<std::string> const& certificates);

}  // namespace swarmward::app
