#include "cluster/external/external_signer.h"

#include "cluster/pki/desired_ca.h"

namespace swarmward::cluster {

std::string root_of(model::ExternalCa const& ca, std::string const& present) {
  return normal_pem(ca.ca_cert.empty() ? present : ca.ca_cert);
}

std::optional<ExternalSigner> external_signer_of(model::Cluster const& cluster) {
  if (cluster.spec.ca.external_cas.empty()) {
    return std::nullopt;
  }
  ExternalSigner signer;
  signer.root = normal_pem(cluster.tls.trust_root);
  if (cluster.root_rotation) {
    signer.root = normal_pem(cluster.root_rotation->certificate);
    signer.intermediate = cluster.root_rotation->cross_signed;
  }
  for (auto const& ca : cluster.spec.ca.external_cas) {
    if (root_of(ca, cluster.tls.trust_root) == signer.root) {
      signer.urls.push_back(ca.url);
    }
  }
  return signer.urls.empty() ? std::nullopt : std::optional(std::move(signer));
}

}  // namespace swarmward::cluster
