#pragma once

#include "base/id.h"
#include "cluster/pki/ossl.h"

/// Fields that all our certificates have in common. Each function is false if OpenSSL refuses.
namespace swarmward::cluster::ossl {

/// Clocks of joining hosts may be behind by this much. Source: swarm mode's certificates.
inline constexpr std::chrono::hours kBackdate{1};

/// Version 3 and a positive random serial of 16 bytes.
[[nodiscard]] bool set_serial(X509* certificate, RandomBytes const& random);
[[nodiscard]] bool set_validity(X509* certificate, Time from, Time until);
/// `value` as in OpenSSL's configuration files; it must not come from outside unchecked.
[[nodiscard]] bool add_extension(X509* certificate, int nid, char const* value);
/// Subject and authority key identifiers. Every certificate of a rotation needs both: old and new
/// root have the same name, so only the identifiers tell a cross-signed root from a self-signed
/// one.
[[nodiscard]] bool set_key_ids(X509* certificate, X509* issuer);
[[nodiscard]] bool add_name(X509_NAME* name, char const* field, std::string_view value);
/// Keys that may sign: ECDSA from 256 bits, RSA from 2048 bits.
[[nodiscard]] bool may_sign(EVP_PKEY const* key);

}  // namespace swarmward::cluster::ossl
