#pragma once

#include <string>

#include "base/id.h"
#include "base/result.h"
#include "base/time.h"
#include "model/node.h"

namespace swarmward::cluster {

/// The swarm's own certificate authority.
struct RootCa {
  std::string certificate;  ///< PEM.
  std::string key;          ///< PEM; never shown.
};

/// ECDSA P-256, CN swarm-ca, valid for 20 years from an hour before `now`, as native makes it. The
/// key's randomness is OpenSSL's; `random` gives the serial.
[[nodiscard]] Result<RootCa> make_root_ca(Time now, RandomBytes const& random);

/// What nodes and the swarm show of the CA. Errors: InvalidArgument if it is not a certificate.
[[nodiscard]] Result<model::TlsInfo> tls_info(std::string const& certificate);

}  // namespace swarmward::cluster
