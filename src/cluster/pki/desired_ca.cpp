#include "cluster/pki/desired_ca.h"

#include <algorithm>

#include "cluster/pki/certificate_fields.h"

namespace swarmward::cluster {

namespace {

constexpr std::chrono::hours kShortestRootLife{365 * 24};  // Source: swarm mode.

Error refused(std::string_view text) {
  return rpc_error("InvalidArgument", text);
}

bool signs_itself(X509* certificate) {
  return X509_check_ca(certificate) == 1 &&
         (X509_get_key_usage(certificate) & KU_KEY_CERT_SIGN) != 0 &&
         X509_NAME_cmp(X509_get_subject_name(certificate), X509_get_issuer_name(certificate)) ==
             0 &&
         X509_verify(certificate, X509_get0_pubkey(certificate)) == 1;
}

}  // namespace

Result<void> check_external_ca(model::CaConfig const& config,
                               ExternalCaQuestion const& question,
                               Reachable const& reachable) {
  bool const found = std::ranges::any_of(config.external_cas, [&](model::ExternalCa const& ca) {
    auto const root = ca.ca_cert.empty() ? question.present : normal_pem(ca.ca_cert);
    return root == question.certificate && reachable && reachable(ca);
  });
  if (!found) {
    return refused("there must be at least one valid, reachable external CA corresponding to the " +
                   question.which + " CA certificate");
  }
  return {};
}

Result<std::string> check_desired_root(CaRequest const& request, Time now) {
  ossl::ErrorScope const scope;
  auto const certificates = ossl::read_chain(request.signing_cert);
  if (!certificates) {
    return refused("could not parse the desired CA certificate");
  }
  if (certificates->size() != 1) {
    return refused("the desired CA certificate cannot contain multiple certificates");
  }
  auto* const root = certificates->front().get();
  auto const* const key = X509_get0_pubkey(root);
  if (key == nullptr || !ossl::may_sign(key) || !signs_itself(root)) {
    return refused(
        "the desired CA certificate must be a self-signed one of a CA with an ECDSA key of at "
        "least 256 bits or an RSA key of at least 2048 bits");
  }
  if (ossl::time_of(X509_get0_notAfter(root)) < now + kShortestRootLife) {
    return refused("CA certificate expires too soon");
  }
  if (ossl::time_of(X509_get0_notBefore(root)) > now) {
    return refused("the desired CA certificate is not valid yet: the clocks may differ");
  }
  if (!request.signing_key.empty()) {
    auto const signing_key = ossl::read_key(request.signing_key);
    if (!signing_key || X509_check_private_key(root, signing_key.get()) != 1) {
      return refused("the signing CA key does not belong to the signing CA cert");
    }
  }
  return ossl::to_pem(root);
}

std::string normal_pem(std::string const& certificate) {
  auto const parsed = ossl::read_certificate(certificate);
  return parsed ? ossl::to_pem(parsed.get()) : std::string{};
}

bool same_key(std::string const& certificate, std::string const& other) {
  ossl::ErrorScope const scope;
  auto const first = ossl::read_certificate(certificate);
  auto const second = ossl::read_certificate(other);
  return first && second &&
         EVP_PKEY_eq(X509_get0_pubkey(first.get()), X509_get0_pubkey(second.get())) == 1;
}

}  // namespace swarmward::cluster
