#include "cluster/external/ca_questions.h"

namespace swarmward::cluster {

namespace {

/// A rotation away from a root whose key only an external CA has: to which root?
std::optional<RootCa> next_root(model::Cluster const& cluster,
                                CaRequest const& request,
                                Time now,
                                RandomBytes const& random) {
  if (request.signing_cert.empty()) {
    if (request.config.force_rotate == cluster.spec.ca.force_rotate) {
      return std::nullopt;
    }
    auto made = make_root_ca(now, random);
    return made ? std::optional(std::move(*made)) : std::nullopt;
  }
  auto const wanted = check_desired_root(request, now);
  bool const known =
      wanted && cluster.root_rotation && cluster.root_rotation->certificate == *wanted;
  if (!wanted || known || request.signing_key.empty()) {
    return std::nullopt;
  }
  return RootCa{*wanted, request.signing_key};
}

}  // namespace

CaQuestions plan_ca_questions(model::Cluster const& cluster,
                              CaRequest const& request,
                              Time now,
                              RandomBytes const& random) {
  CaQuestions questions;
  auto const present = normal_pem(cluster.tls.trust_root);
  auto const desired = normal_pem(request.signing_cert);
  if (cluster.ca_key.empty()) {
    if (desired == present && !request.signing_key.empty()) {
      return questions;  // The key of an external CA becomes ours.
    }
    questions.reach.push_back(present);
    questions.cross = next_root(cluster, request, now, random);
  }
  if (!desired.empty() && request.signing_key.empty()) {
    questions.reach.push_back(desired);
  }
  if (request.signing_cert.empty() && cluster.root_rotation && cluster.root_rotation->key.empty()) {
    questions.reach.push_back(cluster.root_rotation->certificate);
  }
  return questions;
}

}  // namespace swarmward::cluster
