#include "cluster/admission.h"

namespace swarmward::cluster {

namespace {

Error removed(model::NodeId const& node) {
  return {ErrorCode::Forbidden,
          "node " + node.str() +
              " was removed from the swarm: run \"docker swarm leave\" there and join again"};
}

}  // namespace

model::Node new_member(model::Cluster const& cluster,
                       Newcomer const& newcomer,
                       RandomBytes const& random) {
  model::Node node;
  node.id = new_id<model::NodeTag>(random);
  node.spec.availability = newcomer.availability;
  node.description.hostname = newcomer.hostname;
  node.description.tls = cluster.tls;
  node.status.addr = newcomer.address;
  node.access.agent_port = newcomer.agent_port;
  return node;
}

Result<std::optional<model::Node>> take_report(state::Snapshot const& snapshot,
                                               Peer const& peer,
                                               MemberReport const& report) {
  auto const known = snapshot.find_node(peer.node);
  if (!known) {
    return removed(peer.node);
  }
  auto node = *known;
  node.status.addr = report.address;
  node.access.agent_port = report.agent_port;
  node.access.resolvers = report.resolvers;
  node.can_encrypt = report.can_encrypt;
  node.data_path_addr = report.data_path;
  node.access.fingerprint = peer.fingerprint;
  node.description.tls.issuer_subject = peer.issuer_subject;
  node.description.tls.issuer_public_key = peer.issuer_public_key;
  node.description.tls.trust_root = snapshot.cluster->tls.trust_root;
  if (node.status == known->status && node.access == known->access &&
      node.can_encrypt == known->can_encrypt && node.data_path_addr == known->data_path_addr &&
      node.description == known->description) {
    return std::optional<model::Node>{};
  }
  return std::optional(std::move(node));
}

Result<void> may_renew(state::Snapshot const& snapshot, Peer const& peer) {
  auto const known = snapshot.find_node(peer.node);
  if (!known) {
    return removed(peer.node);
  }
  if (peer.expired && known->access.fingerprint != peer.fingerprint) {
    return Error{ErrorCode::Forbidden,
                 "the certificate has expired, and its key is not the last one of node " +
                     peer.node.str() + ": leave the swarm there and join again"};
  }
  return {};
}

}  // namespace swarmward::cluster
