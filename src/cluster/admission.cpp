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
  node.engine_id = newcomer.engine_id;
  return node;
}

state::NodePtr node_of_engine(state::Snapshot const& snapshot,
                              std::string const& engine_id,
                              model::NodeId const& except) {
  if (engine_id.empty()) {
    return nullptr;
  }
  for (auto const& [id, node] : snapshot.nodes) {
    if (node->engine_id == engine_id && id != except &&
        node->status.state != model::NodeState::Down) {
      return node;
    }
  }
  return nullptr;
}

Result<void> expect_free_engine(state::Snapshot const& snapshot, std::string const& engine_id) {
  auto const node = node_of_engine(snapshot, engine_id, {});
  bool const joined = node && node->access.agent_port != 0 && node->access.url.empty();
  if (!node || joined) {
    return {};
  }
  auto const& name = node->description.hostname;
  auto const cure = node->access.url.empty() ? "docker node rm --force " + name
                                             : "docker ward node release " + name;
  return conflict("the engine of this host is node " + name +
                  " of that swarm already. To have it join by itself, run \"" + cure +
                  "\" on the manager first");
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
