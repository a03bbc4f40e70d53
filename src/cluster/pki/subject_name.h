#pragma once

#include <optional>
#include <string>
#include <string_view>

#include <openssl/x509.h>

#include "base/result.h"
#include "cluster/pki/node_certificate.h"

namespace swarmward::cluster {

/// Has it the ids of a node and of a swarm, 25 characters [0-9a-z] each?
[[nodiscard]] bool well_formed(Subject const& subject);

/// CN the node, OU the role, O the swarm. False if OpenSSL refuses.
[[nodiscard]] bool write_subject(X509_NAME* name, Subject const& subject);

/// Errors: InvalidArgument unless CN, OU and O are there once each and well-formed.
[[nodiscard]] Result<Subject> read_subject(X509_NAME const* name);

/// The OU of a role: swarm-manager or swarm-worker.
[[nodiscard]] std::string_view role_unit(model::NodeRole role);

/// The names that TLS clients of swarm mode look for, as OpenSSL's configuration writes them: the
/// node, the role and, for managers, the CA.
[[nodiscard]] std::string alternative_names(Subject const& subject);

/// The value of a field that is there exactly once.
[[nodiscard]] std::optional<std::string> only_field(X509_NAME const* name, int nid);

}  // namespace swarmward::cluster
