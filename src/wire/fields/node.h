#pragma once

#include "model/node.h"
#include "wire/fields/network.h"
#include "wire/fields/task_spec.h"

namespace swarmward::wire {

template <>
inline constexpr std::string_view kGoType<model::NodeSpec> = "swarm.NodeSpec";

template <class A>
void describe(A& a, Ref<A, model::NodeSpec> spec) {
  describe_annotations(a, spec.annotations);
  a.required("Role", spec.role);
  a.required("Availability", spec.availability);
}

template <class A>
void describe(A& a, Ref<A, model::Plugin> plugin) {
  a.keep("Type", plugin.type);
  a.keep("Name", plugin.name);
}

template <class A>
void describe(A& a, Ref<A, model::TlsInfo> tls) {
  a.omit("TrustRoot", tls.trust_root);
  a.bytes("CertIssuerSubject", tls.issuer_subject);
  a.bytes("CertIssuerPublicKey", tls.issuer_public_key);
}

struct EngineField {
  std::string version;
  model::StringMap labels;
  std::vector<model::Plugin> plugins;
};
template <class A>
void describe(A& a, Ref<A, EngineField> engine) {
  a.omit("EngineVersion", engine.version);
  a.omit("Labels", engine.labels);
  a.omit("Plugins", engine.plugins);
}

template <class A>
void describe(A& a, Ref<A, model::NodeDescription> description) {
  EngineField engine{description.engine_version, description.engine_labels, description.plugins};
  a.omit("Hostname", description.hostname);
  a.keep("Platform", description.platform);
  a.keep("Resources", description.resources);
  a.keep("Engine", engine);
  a.keep("TLSInfo", description.tls);
  if constexpr (A::kReading) {
    description.engine_version = std::move(engine.version);
    description.engine_labels = std::move(engine.labels);
    description.plugins = std::move(engine.plugins);
  }
}

template <class A>
void describe(A& a, Ref<A, model::NodeStatus> status) {
  a.omit("State", status.state);
  a.omit("Message", status.message);
  a.omit("Addr", status.addr);
}

template <class A>
void describe(A& a, Ref<A, model::ManagerStatus> status) {
  std::string reachability = status.reachable ? "reachable" : "unreachable";
  a.omit("Leader", status.leader);
  a.keep("Reachability", reachability);
  a.keep("Addr", status.addr);
  if constexpr (A::kReading) {
    status.reachable = reachability == "reachable";
  }
}

/// Stored only.
template <class A>
void describe(A& a, Ref<A, model::EngineAccess> access) {
  a.omit("agent_port", access.agent_port);
  a.omit("resolvers", access.resolvers);
  a.omit("fingerprint", access.fingerprint);
  a.omit("url", access.url);
  a.omit("ca", access.ca);
  a.omit("certificate", access.certificate);
  a.omit("key", access.key);
  a.omit("ssh_identity", access.ssh_identity);
}

template <class A>
void describe(A& a, Ref<A, model::Node> node) {
  describe_head(a, node.id, node.meta);
  a.keep("Spec", node.spec);
  a.keep("Description", node.description);
  a.keep("Status", node.status);
  a.omit("ManagerStatus", node.manager);
  a.internal("role", node.role);
  a.internal("engine_name", node.engine_name);
  a.internal("engine_id", node.engine_id);
  a.internal("access", node.access);
  a.internal("same_host", node.same_host);
  a.internal("can_encrypt", node.can_encrypt);
  a.internal("data_path_addr", node.data_path_addr);
  a.internal("attachments", node.attachments);
}

}  // namespace swarmward::wire
