#pragma once

#include <string>

#include "cluster/pki/node_certificate.h"
#include "cluster/pki/verify_member.h"
#include "cluster/root_ca.h"

/// Small certificates for tests. Every failure in here throws.
namespace swarmward::cluster::fakes {

inline Time const kNow{std::chrono::sys_days(std::chrono::year(2030) / 1 / 2)};
inline model::ClusterId const kCluster("clusterclusterclusterclus");
inline model::NodeId const kNode("nodenodenodenodenodenoden");

inline RootCa root(Time now = kNow) {
  return make_root_ca(now, system_random()).value();
}

inline Signer signer(RootCa const& ca) {
  return {ca.certificate, ca.key, {}};
}

inline CertificateTerms terms(model::NodeRole role = model::NodeRole::Worker) {
  return {{kNode, kCluster, role}, kNow, std::chrono::hours(24)};
}

/// A certificate chain and its key.
struct Member {
  std::string chain;
  std::string key;
};

inline Member member(Signer const& by, CertificateTerms const& with = terms()) {
  auto const key = make_key().value();
  auto const request = make_request(key).value();
  return {issue_certificate(by, request, with, system_random()).value(), key};
}

inline MemberRules rules(RootCa const& ca, Time now = kNow) {
  return {{ca.certificate}, kCluster, now};
}

}  // namespace swarmward::cluster::fakes
