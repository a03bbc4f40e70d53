#pragma once

#include <string>

#include "base/id.h"
#include "base/result.h"
#include "model/node.h"

namespace swarmward::cluster {

/// The swarm's own certificate authority.
struct RootCa {
  std::string certificate;  ///< PEM.
  std::string key;          ///< PEM; never shown.
};

/// ECDSA P-256, CN swarm-ca, valid for 20 years, as native makes it.
[[nodiscard]] Result<RootCa> make_root_ca();

/// What nodes and the swarm show of the CA. Errors: InvalidArgument if it is not a certificate.
[[nodiscard]] Result<model::TlsInfo> tls_info(std::string const& certificate);

/// `SWMTKN-1-<digest of the certificate>-<secret>`: pins the CA at the first contact.
[[nodiscard]] std::string make_join_token(std::string const& certificate,
                                          RandomBytes const& random);
/// `SWMKEY-1-<32 bytes, base64 without padding>`.
[[nodiscard]] std::string make_unlock_key(RandomBytes const& random);

}  // namespace swarmward::cluster
