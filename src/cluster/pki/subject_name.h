#pragma once

#include <string>

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

/// The names that TLS clients of swarm mode look for, as OpenSSL's configuration writes them: the
/// node, the role and, for managers, the CA.
[[nodiscard]] std::string alternative_names(Subject const& subject);

}  // namespace swarmward::cluster
