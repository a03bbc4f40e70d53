#pragma once

#include <memory>
#include <string>

#include "base/result.h"

struct ssl_ctx_st;

namespace swarmward::net {

/// What one end shows of itself: a certificate with the chain that follows it, and its key; PEM.
/// Both empty: it shows nothing.
struct TlsIdentity {
  std::string certificate;
  std::string key;
};

/// How much the other end must prove while hands are shaken.
enum class PeerProof {
  None,     ///< A server asks for no certificate; a client takes any.
  Judged,   ///< A certificate is asked for and any is taken: the CALLER MUST JUDGE it afterwards.
  Trusted,  ///< Signed by one of the trusted roots.
  TrustedName  ///< And, for clients, made out to the name or address that was dialled.
};

enum class TlsVersions { From12, Only13 };

/// Settings of many connections; immutable, shared between threads.
using TlsContext = std::shared_ptr<ssl_ctx_st>;

/// `trusted`: roots in PEM, needed for Trusted and TrustedName (a client without any trusts those
/// of the system). Errors: InvalidArgument, saying which part cannot be read.
[[nodiscard]] Result<TlsContext> make_tls_context(TlsIdentity const& own,
                                                  std::string const& trusted,
                                                  PeerProof proof,
                                                  TlsVersions versions);

/// Servers with this context speak `protocol` with clients that offer it (ALPN); all others are
/// served as before. To be called before the context is used.
void serve_protocol(TlsContext const& context, std::string protocol);

/// The common name in the first certificate of a PEM text; empty if there is none.
[[nodiscard]] std::string common_name(std::string const& certificate);

}  // namespace swarmward::net
