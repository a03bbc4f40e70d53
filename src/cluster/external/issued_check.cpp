#include "cluster/external/issued_check.h"

#include "cluster/pki/verify_member.h"

namespace swarmward::cluster {

namespace {

Error wrong(std::string const& text) {
  return internal_error("the external CA's certificate is not what was asked for: " + text);
}

bool is_for_key_of(X509* certificate, std::string const& request) {
  ossl::Bio const bio(BIO_new_mem_buf(request.data(), static_cast<int>(request.size())));
  ossl::Request const asked(bio ? PEM_read_bio_X509_REQ(bio.get(), nullptr, nullptr, nullptr)
                                : nullptr);
  auto* const key = asked ? X509_REQ_get0_pubkey(asked.get()) : nullptr;
  return key != nullptr && EVP_PKEY_eq(X509_get0_pubkey(certificate), key) == 1;
}

}  // namespace

Result<std::string> check_issued(std::string const& answer, AskedFor const& asked) {
  ossl::ErrorScope const scope;
  auto const certificate = ossl::read_certificate(answer);
  auto const root = ossl::read_certificate(asked.root);
  if (!certificate || !root) {
    return wrong(certificate ? "the root is unreadable" : "it is no certificate");
  }
  // The path must lead straight to the root: nodes are known by their issuer while the root
  // changes.
  if (X509_verify(certificate.get(), X509_get0_pubkey(root.get())) != 1) {
    return wrong("the swarm's root did not sign it");
  }
  auto pem = ossl::to_pem(certificate.get());
  auto const peer = verify_member(pem, {{asked.root}, asked.subject.cluster, asked.now});
  if (!peer) {
    return wrong(peer.error().message);
  }
  if (peer->expired) {
    return wrong("it has expired");
  }
  if (peer->node != asked.subject.node || peer->role != asked.subject.role) {
    return wrong("it names another node or another role");
  }
  if (!is_for_key_of(certificate.get(), asked.request)) {
    return wrong("it is for another key");
  }
  return pem;
}

Result<std::string> check_crossed(std::string const& answer,
                                  std::string const& next,
                                  std::string const& present,
                                  Time now) {
  ossl::ErrorScope const scope;
  auto const crossed = ossl::read_certificate(answer);
  auto const wanted = ossl::read_certificate(next);
  auto const signer = ossl::read_certificate(present);
  if (!crossed || !wanted || !signer) {
    return wrong("it is no certificate");
  }
  if (X509_verify(crossed.get(), X509_get0_pubkey(signer.get())) != 1 ||
      X509_NAME_cmp(X509_get_issuer_name(crossed.get()), X509_get_subject_name(signer.get())) !=
          0) {
    return wrong("the present root did not sign it");
  }
  if (X509_NAME_cmp(X509_get_subject_name(crossed.get()), X509_get_subject_name(wanted.get())) !=
          0 ||
      EVP_PKEY_eq(X509_get0_pubkey(crossed.get()), X509_get0_pubkey(wanted.get())) != 1) {
    return wrong("it has not the name and the key of the next root");
  }
  bool const timely = ossl::time_of(X509_get0_notBefore(crossed.get())) <= now &&
                      ossl::time_of(X509_get0_notAfter(crossed.get())) > now;
  if (X509_check_ca(crossed.get()) != 1 || !timely) {
    return wrong(timely ? "it may not sign" : "it is not in force");
  }
  return ossl::to_pem(crossed.get());
}

}  // namespace swarmward::cluster
