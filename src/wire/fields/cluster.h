#pragma once

#include "model/cluster.h"
#include "wire/fields/node.h"

namespace swarmward::wire {

template <>
inline constexpr std::string_view kGoType<model::RaftConfig> = "swarm.RaftConfig";
template <>
inline constexpr std::string_view kGoType<model::ExternalCa> = "swarm.ExternalCA";
template <>
inline constexpr std::string_view kGoType<model::CaConfig> = "swarm.CAConfig";
template <>
inline constexpr std::string_view kGoType<model::ClusterSpec> = "swarm.Spec";

template <class A>
void describe(A& a, Ref<A, model::RaftConfig> raft) {
  a.omit("SnapshotInterval", raft.snapshot_interval);
  a.omit("KeepOldSnapshots", raft.keep_old_snapshots);
  a.omit("LogEntriesForSlowFollowers", raft.log_entries_for_slow_followers);
  a.keep("ElectionTick", raft.election_tick);
  a.keep("HeartbeatTick", raft.heartbeat_tick);
}

template <class A>
void describe(A& a, Ref<A, model::ExternalCa> ca) {
  a.keep("Protocol", ca.protocol);
  a.keep("URL", ca.url);
  a.omit("Options", ca.options);
  a.keep("CACert", ca.ca_cert);
}

template <class A>
void describe(A& a, Ref<A, model::CaConfig> ca) {
  a.omit("NodeCertExpiry", ca.node_cert_expiry);
  a.omit("ExternalCAs", ca.external_cas);
  a.omit("ForceRotate", ca.force_rotate);
}

struct OrchestrationField {
  static constexpr std::string_view kGo = "swarm.OrchestrationConfig";
  std::optional<std::int64_t> task_history_limit;
};
template <class A>
void describe(A& a, Ref<A, OrchestrationField> field) {
  a.omit("TaskHistoryRetentionLimit", field.task_history_limit);
}

struct DispatcherField {
  static constexpr std::string_view kGo = "swarm.DispatcherConfig";
  Duration heartbeat_period{};
};
template <class A>
void describe(A& a, Ref<A, DispatcherField> field) {
  a.omit("HeartbeatPeriod", field.heartbeat_period);
}

struct EncryptionField {
  static constexpr std::string_view kGo = "swarm.EncryptionConfig";
  bool autolock = false;
};
template <class A>
void describe(A& a, Ref<A, EncryptionField> field) {
  a.keep("AutoLockManagers", field.autolock);
}

/// TaskDefaults: taken in and ignored, always `{}` back.
struct TaskDefaultsField {};
template <class A>
void describe(A& /*a*/, Ref<A, TaskDefaultsField> /*field*/) {}

template <class A>
void describe(A& a, Ref<A, model::ClusterSpec> spec) {
  OrchestrationField orchestration{spec.task_history_limit};
  DispatcherField dispatcher{spec.heartbeat_period};
  EncryptionField encryption{spec.autolock};
  TaskDefaultsField defaults;
  describe_annotations(a, spec.annotations);
  a.keep("Orchestration", orchestration);
  a.keep("Raft", spec.raft);
  a.keep("Dispatcher", dispatcher);
  a.keep("CAConfig", spec.ca);
  a.keep("TaskDefaults", defaults);
  a.keep("EncryptionConfig", encryption);
  if constexpr (A::kReading) {
    spec.task_history_limit = orchestration.task_history_limit;
    spec.heartbeat_period = dispatcher.heartbeat_period;
    spec.autolock = encryption.autolock;
  }
}

struct JoinTokensField {
  std::string worker;
  std::string manager;
};
template <class A>
void describe(A& a, Ref<A, JoinTokensField> tokens) {
  a.keep("Worker", tokens.worker);
  a.keep("Manager", tokens.manager);
}

/// Stored only.
template <class A>
void describe(A& a, Ref<A, model::RootRotation> rotation) {
  a.keep("certificate", rotation.certificate);
  a.omit("key", rotation.key);
  a.keep("cross_signed", rotation.cross_signed);
}

/// Stored only.
template <class A>
void describe(A& a, Ref<A, model::NetworkKey> key) {
  a.keep("Number", key.number);
  a.keep("Secret", key.secret);
}

template <class A>
void describe(A& a, Ref<A, model::Cluster> cluster) {
  JoinTokensField tokens{cluster.worker_token, cluster.manager_token};
  describe_head(a, cluster.id, cluster.meta);
  a.keep("Spec", cluster.spec);
  a.keep("TLSInfo", cluster.tls);
  a.nullable("DefaultAddrPool", cluster.default_addr_pool);
  a.keep("SubnetSize", cluster.subnet_size);
  a.keep("DataPathPort", cluster.data_path_port);
  a.keep("JoinTokens", tokens);
  a.internal("ca_key", cluster.ca_key);
  a.internal("root_rotation", cluster.root_rotation);
  a.internal("advertise_addr", cluster.advertise_addr);
  a.internal("advertise_addr_own", cluster.advertise_addr_own);
  a.internal("listen_addr", cluster.listen_addr);
  a.internal("unlock_key", cluster.unlock_key);
  a.internal("manager_node", cluster.manager_node);
  a.internal("network_keys", cluster.network_keys);
  a.internal("network_keys_changed", cluster.network_keys_changed);
  if constexpr (A::kReading) {
    cluster.worker_token = std::move(tokens.worker);
    cluster.manager_token = std::move(tokens.manager);
  }
}

}  // namespace swarmward::wire
