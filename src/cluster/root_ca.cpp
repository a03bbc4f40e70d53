#include "cluster/root_ca.h"

#include "cluster/pki/certificate_fields.h"

namespace swarmward::cluster {

namespace {

constexpr std::chrono::hours kRootLifetime{20 * 365 * 24};  // Source: swarm mode's root.

bool describe(X509* certificate, Time now, RandomBytes const& random) {
  auto* name = X509_get_subject_name(certificate);
  return ossl::set_serial(certificate, random) &&
         ossl::set_validity(certificate, now - ossl::kBackdate, now + kRootLifetime) &&
         ossl::add_name(name, "CN", "swarm-ca") && X509_set_issuer_name(certificate, name) == 1 &&
         ossl::add_extension(certificate, NID_basic_constraints, "critical,CA:TRUE") &&
         ossl::add_extension(certificate, NID_key_usage, "critical,keyCertSign,cRLSign") &&
         ossl::set_key_ids(certificate, certificate);
}

}  // namespace

Result<RootCa> make_root_ca(Time now, RandomBytes const& random) {
  ossl::ErrorScope const scope;
  ossl::Key const key(EVP_EC_gen("P-256"));
  ossl::Certificate const certificate(X509_new());
  bool const made = key && certificate && X509_set_pubkey(certificate.get(), key.get()) == 1 &&
                    describe(certificate.get(), now, random) &&
                    X509_sign(certificate.get(), key.get(), EVP_sha256()) > 0;
  if (!made) {
    return internal_error("the root certificate could not be made");
  }
  return RootCa{ossl::to_pem(certificate.get()), ossl::to_pem(key.get())};
}

Result<model::TlsInfo> tls_info(std::string const& certificate) {
  ossl::ErrorScope const scope;
  auto const parsed = ossl::read_certificate(certificate);
  if (!parsed) {
    return invalid_argument("not a certificate in PEM form");
  }
  model::TlsInfo info;
  info.trust_root = certificate;
  info.issuer_subject = ossl::der_of(X509_get_subject_name(parsed.get()), i2d_X509_NAME);
  info.issuer_public_key = ossl::der_of(X509_get_X509_PUBKEY(parsed.get()), i2d_X509_PUBKEY);
  return info;
}

}  // namespace swarmward::cluster
