#include "cluster/pki/node_certificate.h"

#include <algorithm>
#include <array>

#include <openssl/core_names.h>

#include "cluster/pki/certificate_fields.h"
#include "cluster/pki/subject_name.h"

namespace swarmward::cluster {

namespace {

constexpr std::size_t kMaxRequestBytes = 8UL * 1024;
constexpr char const* kPolicyError =
    "the certificate request must be for an ECDSA key on P-256 or "
    "P-384 and be signed by it";

ossl::Request read_request(std::string const& pem) {
  if (pem.size() > kMaxRequestBytes) {
    return nullptr;
  }
  ossl::Bio const bio(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
  return ossl::Request(bio ? PEM_read_bio_X509_REQ(bio.get(), nullptr, nullptr, nullptr) : nullptr);
}

/// A named curve only: parameters that a request brings along could describe a weak one.
bool acceptable(EVP_PKEY* key) {
  std::array<char, 64> group{};
  int explicit_parameters = 0;
  bool const named =
      key != nullptr && EVP_PKEY_is_a(key, "EC") == 1 &&
      EVP_PKEY_get_int_param(
          key, OSSL_PKEY_PARAM_EC_DECODED_FROM_EXPLICIT_PARAMS, &explicit_parameters) == 1 &&
      explicit_parameters == 0 &&
      EVP_PKEY_get_group_name(key, group.data(), group.size(), nullptr) == 1;
  return named && (std::string_view(group.data()) == "prime256v1" ||
                   std::string_view(group.data()) == "secp384r1");
}

bool add_extensions(X509* certificate, X509* issuer, Subject const& subject) {
  return ossl::add_extension(
             certificate, NID_key_usage, "critical,digitalSignature,keyEncipherment") &&
         ossl::add_extension(certificate, NID_ext_key_usage, "serverAuth,clientAuth") &&
         ossl::add_extension(certificate, NID_basic_constraints, "critical,CA:FALSE") &&
         ossl::set_key_ids(certificate, issuer) &&
         ossl::add_extension(certificate, NID_subject_alt_name, alternative_names(subject).c_str());
}

/// Never beyond the issuer's own end; saturates, for a lifetime may be the longest there is.
Time end_of(CertificateTerms const& terms, X509 const* issuer) {
  auto const issuer_end = ossl::time_of(X509_get0_notAfter(issuer));
  auto const left = Time::max() - terms.now;
  return std::min(terms.now + std::min(std::max(terms.lifetime, Duration{}), left), issuer_end);
}

}  // namespace

Duration node_lifetime(model::CaConfig const& config) {
  return config.node_cert_expiry > Duration{} ? config.node_cert_expiry : kDefaultNodeLifetime;
}

Result<std::string> make_key() {
  ossl::ErrorScope const scope;
  ossl::Key const key(EVP_EC_gen("P-256"));
  if (!key) {
    return internal_error("the node's key could not be made");
  }
  return ossl::to_pem(key.get());
}

Result<std::string> make_request(std::string const& key) {
  ossl::ErrorScope const scope;
  auto const parsed = ossl::read_key(key);
  if (!parsed) {
    return invalid_argument("not a private key in PEM form");
  }
  ossl::Request const request(X509_REQ_new());
  ossl::Bio const pem(BIO_new(BIO_s_mem()));
  bool const made = request && pem &&
                    X509_REQ_set_version(request.get(), X509_REQ_VERSION_1) == 1 &&
                    X509_REQ_set_pubkey(request.get(), parsed.get()) == 1 &&
                    X509_REQ_sign(request.get(), parsed.get(), EVP_sha256()) > 0 &&
                    PEM_write_bio_X509_REQ(pem.get(), request.get()) == 1;
  if (!made) {
    return internal_error("the certificate request could not be made");
  }
  return ossl::text_of(pem.get());
}

Result<void> check_request(std::string const& request) {
  ossl::ErrorScope const scope;
  auto const asked = read_request(request);
  auto* const key = asked ? X509_REQ_get0_pubkey(asked.get()) : nullptr;
  if (!acceptable(key) || X509_REQ_verify(asked.get(), key) != 1) {
    return invalid_argument(kPolicyError);
  }
  return {};
}

Result<std::string> issue_certificate(Signer const& signer,
                                      std::string const& request,
                                      CertificateTerms const& terms,
                                      RandomBytes const& random) {
  ossl::ErrorScope const scope;
  if (auto const fair = check_request(request); !fair) {
    return fair.error();
  }
  auto const asked = read_request(request);
  auto* const key = X509_REQ_get0_pubkey(asked.get());
  auto const issuer = ossl::read_certificate(signer.certificate);
  auto const issuer_key = ossl::read_key(signer.key);
  if (!issuer || !issuer_key || X509_check_private_key(issuer.get(), issuer_key.get()) != 1) {
    return internal_error("the swarm's CA cannot sign: its key does not fit its certificate");
  }
  if (!well_formed(terms.subject)) {
    return internal_error("a certificate needs the ids of a node and of a swarm");
  }
  ossl::Certificate const issued(X509_new());
  bool const made =
      issued && ossl::set_serial(issued.get(), random) &&
      ossl::set_validity(issued.get(), terms.now - ossl::kBackdate, end_of(terms, issuer.get())) &&
      write_subject(X509_get_subject_name(issued.get()), terms.subject) &&
      X509_set_issuer_name(issued.get(), X509_get_subject_name(issuer.get())) == 1 &&
      X509_set_pubkey(issued.get(), key) == 1 &&
      add_extensions(issued.get(), issuer.get(), terms.subject) &&
      X509_sign(issued.get(), issuer_key.get(), EVP_sha256()) > 0;
  if (!made) {
    return internal_error("the node's certificate could not be made");
  }
  return ossl::to_pem(issued.get()) + signer.intermediate;
}

Result<NodeCertificate> describe_certificate(X509 const* certificate) {
  auto subject = read_subject(X509_get_subject_name(certificate));
  if (!subject) {
    return subject.error();
  }
  NodeCertificate described;
  described.subject = std::move(*subject);
  described.not_before = ossl::time_of(X509_get0_notBefore(certificate));
  described.not_after = ossl::time_of(X509_get0_notAfter(certificate));
  described.issuer_subject = ossl::der_of(X509_get_issuer_name(certificate), i2d_X509_NAME);
  auto const key = ossl::der_of(X509_get_X509_PUBKEY(certificate), i2d_X509_PUBKEY);
  std::array<unsigned char, 32> digest{};
  if (EVP_Digest(key.data(), key.size(), digest.data(), nullptr, EVP_sha256(), nullptr) != 1) {
    return internal_error("the certificate's key has no digest");
  }
  described.fingerprint = ossl::to_hex({digest.data(), digest.size()});
  return described;
}

Result<NodeCertificate> read_certificate(std::string_view pem_or_der) {
  ossl::ErrorScope const scope;
  auto certificate = ossl::read_certificate(pem_or_der);
  if (!certificate && pem_or_der.size() <= ossl::kMaxChainBytes) {
    auto const* bytes = reinterpret_cast<unsigned char const*>(pem_or_der.data());
    certificate.reset(d2i_X509(nullptr, &bytes, static_cast<long>(pem_or_der.size())));
  }
  if (!certificate) {
    return invalid_argument("not a certificate");
  }
  return describe_certificate(certificate.get());
}

}  // namespace swarmward::cluster
