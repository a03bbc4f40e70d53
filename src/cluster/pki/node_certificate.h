#pragma once

#include <string>
#include <string_view>

#include "base/id.h"
#include "base/result.h"
#include "base/time.h"
#include "cluster/pki/ossl.h"
#include "model/cluster.h"

namespace swarmward::cluster {

/// Who issues certificates.
struct Signer {
  std::string certificate;  ///< PEM of the root whose key signs.
  std::string key;          ///< PEM; never shown.
  /// While the root changes: `certificate` signed by the root that nodes still trust, PEM. Goes
  /// with each issued certificate. Else empty.
  std::string intermediate;
};

/// What a certificate says of its node.
struct Subject {
  model::NodeId node;
  model::ClusterId cluster;
  model::NodeRole role = model::NodeRole::Worker;
  bool operator==(Subject const&) const = default;
};

struct CertificateTerms {
  Subject subject;
  Time now{};
  Duration lifetime{};  ///< From now on; cut at the end of the signer's own certificate.
};

struct NodeCertificate {
  Subject subject;
  Time not_before{};
  Time not_after{};
  std::string issuer_subject;  ///< Raw DER.
  std::string fingerprint;     ///< SHA-256 of the public key's DER form, in hex.
};

/// How long certificates live where the swarm does not say (zero). Source: swarm mode.
inline constexpr std::chrono::hours kDefaultNodeLifetime{90 * 24};

/// The lifetime of new certificates by the swarm's settings.
[[nodiscard]] Duration node_lifetime(model::CaConfig const& config);

/// A new P-256 key, PEM; its randomness is OpenSSL's. Errors: Internal.
[[nodiscard]] Result<std::string> make_key();

/// A request (CSR, PEM) that proves the possession of the key. It names nobody: the signer decides
/// the subject. Errors: InvalidArgument if it is not a key.
[[nodiscard]] Result<std::string> make_request(std::string const& key);

/// Is it a request that we have signed, as issue_certificate() says? Errors: InvalidArgument.
[[nodiscard]] Result<void> check_request(std::string const& request);

/// The certificate for a request, PEM, followed by the signer's intermediate if there is one. The
/// request's own subject and extensions are ignored; it must be signed by its key, which must be
/// ECDSA on P-256 or P-384. `random` gives the serial. Errors: InvalidArgument for the request,
/// Internal for the signer.
[[nodiscard]] Result<std::string> issue_certificate(Signer const& signer,
                                                    std::string const& request,
                                                    CertificateTerms const& terms,
                                                    RandomBytes const& random);

/// The first certificate of a PEM text, or one in DER form. Says nothing of who issued it: see
/// verify_member(). Errors: InvalidArgument if it is not a node's certificate.
[[nodiscard]] Result<NodeCertificate> read_certificate(std::string_view pem_or_der);

/// As above, of a certificate already parsed.
[[nodiscard]] Result<NodeCertificate> describe_certificate(X509 const* certificate);

}  // namespace swarmward::cluster
