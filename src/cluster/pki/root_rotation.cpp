#include "cluster/pki/root_rotation.h"

#include "cluster/pki/cross_sign.h"
#include "cluster/pki/join_token.h"
#include "cluster/root_ca.h"

namespace swarmward::cluster {

namespace {

/// The cluster shows the root that signs as the issuer.
Result<void> show_issuer(model::Cluster& cluster, std::string const& root) {
  auto const info = tls_info(root);
  if (!info) {
    return info.error();
  }
  cluster.tls.issuer_subject = info->issuer_subject;
  cluster.tls.issuer_public_key = info->issuer_public_key;
  return {};
}

/// By the trusted root in any case: a rotation under way is replaced, not continued.
Result<std::string> cross(model::Cluster const& cluster,
                          RootCa const& next,
                          CaContext const& context) {
  if (!cluster.ca_key.empty()) {
    return cross_sign({cluster.tls.trust_root, cluster.ca_key}, next.certificate, context.random);
  }
  if (!context.crossed || context.crossed->next.certificate != next.certificate) {
    return rpc_error("Internal", "unable to generate a cross-signed certificate for root rotation");
  }
  return context.crossed->cross_signed;
}

Result<void> start_rotation(model::Cluster& cluster, RootCa const& next, CaContext const& context) {
  if (cluster.ca_key.empty() && next.key.empty()) {
    return rpc_error("InvalidArgument",
                     "rotating from one external CA to a different external CA is not supported");
  }
  auto crossed = cross(cluster, next, context);
  if (!crossed) {
    return crossed.error();
  }
  auto changed = cluster;
  changed.root_rotation = model::RootRotation{next.certificate, next.key, std::move(*crossed)};
  if (auto const shown = show_issuer(changed, next.certificate); !shown) {
    return shown.error();
  }
  cluster = std::move(changed);
  return {};
}

/// No certificate was given: a new root of our own if it was asked for.
Result<void> without_certificate(model::Cluster& cluster,
                                 CaRequest const& request,
                                 CaContext const& context) {
  if (request.config.force_rotate != cluster.spec.ca.force_rotate) {
    bool const made = cluster.ca_key.empty() && context.crossed;
    auto const next =
        made ? Result<RootCa>(context.crossed->next) : make_root_ca(context.now, context.random);
    return next ? start_rotation(cluster, *next, context) : Result<void>(next.error());
  }
  auto const& rotation = cluster.root_rotation;
  if (rotation && rotation->key.empty()) {
    auto const present = normal_pem(cluster.tls.trust_root);
    return check_external_ca(
        request.config, {rotation->certificate, present, "next"}, context.reachable);
  }
  return {};
}

Result<void> with_certificate(model::Cluster& cluster,
                              CaRequest const& request,
                              CaContext const& context) {
  auto const wanted = check_desired_root(request, context.now);
  if (!wanted) {
    return wanted.error();
  }
  auto const present = normal_pem(cluster.tls.trust_root);
  if (request.signing_key.empty()) {
    auto const external =
        check_external_ca(request.config, {*wanted, present, "desired"}, context.reachable);
    if (!external) {
      return external.error();
    }
  }
  if (*wanted == present) {
    cluster.ca_key = request.signing_key;
    cluster.root_rotation.reset();
    return show_issuer(cluster, cluster.tls.trust_root);
  }
  if (cluster.root_rotation && cluster.root_rotation->certificate == *wanted) {
    cluster.root_rotation->key = request.signing_key;
    return {};
  }
  if (same_key(*wanted, present)) {
    return rpc_error("InvalidArgument", "Cannot update to a cert with an identical key");
  }
  return start_rotation(cluster, {*wanted, request.signing_key}, context);
}

bool has_new_issuer(model::Node const& node, model::TlsInfo const& next) {
  auto const& tls = node.description.tls;
  return tls.issuer_subject == next.issuer_subject &&
         tls.issuer_public_key == next.issuer_public_key;
}

}  // namespace

Result<void> change_ca(model::Cluster& cluster,
                       CaRequest const& request,
                       CaContext const& context) {
  if (!request.signing_key.empty() && request.signing_cert.empty()) {
    return rpc_error("InvalidArgument",
                     "if a signing CA key is provided, the signing CA cert must also be provided");
  }
  auto const present = normal_pem(cluster.tls.trust_root);
  // Who gives the external CA's own key needs that CA no longer.
  bool const key_given =
      !request.signing_key.empty() && normal_pem(request.signing_cert) == present;
  if (cluster.ca_key.empty() && !key_given) {
    auto const external =
        check_external_ca(request.config, {present, present, "current"}, context.reachable);
    if (!external) {
      return external.error();
    }
  }
  return request.signing_cert.empty() ? without_certificate(cluster, request, context)
                                      : with_certificate(cluster, request, context);
}

std::optional<Signer> signer_of(model::Cluster const& cluster) {
  if (cluster.root_rotation) {
    auto const& next = *cluster.root_rotation;
    return next.key.empty() ? std::nullopt
                            : std::optional(Signer{next.certificate, next.key, next.cross_signed});
  }
  return cluster.ca_key.empty() ? std::nullopt
                                : std::optional(Signer{cluster.tls.trust_root, cluster.ca_key, {}});
}

std::vector<std::string> trusted_roots(model::Cluster const& cluster) {
  std::vector<std::string> roots{cluster.tls.trust_root};
  if (cluster.root_rotation) {
    roots.push_back(cluster.root_rotation->certificate);
  }
  return roots;
}

RotationPlan plan_rotation(state::Snapshot const& snapshot,
                           HasCertificate const& has_certificate,
                           std::set<model::NodeId> const& told) {
  RotationPlan plan;
  if (!snapshot.cluster || !snapshot.cluster->root_rotation) {
    return plan;
  }
  for (auto const [id, node] : snapshot.nodes) {
    if (!has_certificate(*node) || has_new_issuer(*node, snapshot.cluster->tls)) {
      continue;
    }
    plan.waiting.push_back(id);
    bool const due = node->status.state == model::NodeState::Ready && !told.contains(id);
    if (due && plan.renew.size() < kRenewalBatch) {
      plan.renew.push_back(id);
    }
  }
  plan.finished = plan.waiting.empty();
  return plan;
}

Result<void> finish_rotation(state::Draft& draft,
                             HasCertificate const& has_certificate,
                             RandomBytes const& random) {
  if (!plan_rotation(draft.view(), has_certificate, {}).finished) {
    return conflict("the rotation of the root CA is not finished");
  }
  auto cluster = *draft.view().cluster;
  auto const next = *cluster.root_rotation;
  cluster.tls.trust_root = next.certificate;
  cluster.ca_key = next.key;
  cluster.root_rotation.reset();
  cluster.worker_token = make_join_token(next.certificate, random);
  cluster.manager_token = make_join_token(next.certificate, random);
  auto const shown = cluster.tls;
  draft.put(std::move(cluster));
  auto const before = draft.view();
  for (auto const [id, node] : before.nodes) {
    if (!has_certificate(*node)) {
      auto described = *node;
      described.description.tls = shown;
      draft.put(std::move(described));
    }
  }
  return {};
}

}  // namespace swarmward::cluster
