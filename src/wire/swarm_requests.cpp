#include <nlohmann/json.hpp>

#include "wire/fields/cluster.h"
#include "wire/swarm.h"

namespace swarmward::wire {

template <>
inline constexpr std::string_view kGoType<SwarmSpecRequest> = kGoType<model::ClusterSpec>;

namespace {

using nlohmann::json;

struct SigningCa {
  static constexpr std::string_view kGo = kGoType<model::CaConfig>;
  std::string cert;
  std::string key;
};
template <class A>
void describe(A& a, Ref<A, SigningCa> ca) {
  a.omit("SigningCACert", ca.cert);
  a.omit("SigningCAKey", ca.key);
}

struct SigningCaHolder {
  SigningCa ca;
};
template <class A>
void describe(A& a, Ref<A, SigningCaHolder> holder) {
  a.keep("CAConfig", holder.ca);
}

}  // namespace

// Not in the unnamed namespace: the reader finds it by the namespace of its argument.
template <class A>
void describe(A& a, Ref<A, SwarmSpecRequest> request) {
  describe(a, request.spec);
  SigningCaHolder holder;
  describe(a, holder);
  if constexpr (A::kReading) {
    request.signing_ca_cert = std::move(holder.ca.cert);
    request.signing_ca_key = std::move(holder.ca.key);
  }
}

namespace {

/// The Availability word; native judges it later than the rest, so it stays text while decoding.
template <class A, class Request>
void describe_membership(A& a, Request& request, std::string& availability) {
  a.keep("ListenAddr", request.listen_addr);
  a.keep("AdvertiseAddr", request.advertise_addr);
  a.keep("DataPathAddr", request.data_path_addr);
  a.keep("Availability", availability);
}

struct InitFields {
  static constexpr std::string_view kGo = "swarm.InitRequest";
  InitRequest request;
  std::string availability;
  bool autolock = false;
};
template <class A>
void describe(A& a, Ref<A, InitFields> fields) {
  describe_membership(a, fields.request, fields.availability);
  a.keep("DataPathPort", fields.request.data_path_port);
  a.keep("ForceNewCluster", fields.request.force_new_cluster);
  a.keep("Spec", fields.request.spec);
  a.keep("AutoLockManagers", fields.autolock);
  a.keep("DefaultAddrPool", fields.request.default_addr_pool);
  a.keep("SubnetSize", fields.request.subnet_size);
}

struct JoinFields {
  static constexpr std::string_view kGo = "swarm.JoinRequest";
  JoinRequest request;
  std::string availability;
};
template <class A>
void describe(A& a, Ref<A, JoinFields> fields) {
  describe_membership(a, fields.request, fields.availability);
  a.keep("RemoteAddrs", fields.request.remote_addrs);
  a.keep("JoinToken", fields.request.join_token);
}

struct UnlockFields {
  static constexpr std::string_view kGo = "swarm.UnlockRequest";
  std::string key;
};
template <class A>
void describe(A& a, Ref<A, UnlockFields> fields) {
  a.keep("UnlockKey", fields.key);
}

/// Absent means active. Native answers 500 for a word it does not know.
Result<model::Availability> availability_of(std::string const& word) {
  if (word.empty()) {
    return model::Availability::Active;
  }
  if (auto const known = from_word<model::Availability>(word)) {
    return *known;
  }
  return internal_error("invalid Availability: " + go_quote(word));
}

Result<void> check_external_cas(model::ClusterSpec const& spec) {
  for (auto const& ca : spec.ca.external_cas) {
    if (!ca.protocol.empty() && !equal_any_case(ca.protocol, "cfssl")) {
      return invalid_argument("invalid protocol: " + go_quote(ca.protocol));
    }
  }
  return {};
}

Result<void> settle_name(model::ClusterSpec& spec) {
  if (!spec.annotations.name.empty() && spec.annotations.name != "default") {
    return invalid_argument("swarm spec must be named \"default\"");
  }
  spec.annotations.name = "default";
  return check_external_cas(spec);
}

template <class T>
void fill(T& field, T const& fallback) {
  if (field == T{}) {
    field = fallback;
  }
}

/// Zero and absent fields of a first spec take the defaults of a fresh swarm.
void merge_defaults(model::ClusterSpec& spec) {
  model::ClusterSpec const fresh;
  fill(spec.task_history_limit, fresh.task_history_limit);
  fill(spec.raft.snapshot_interval, fresh.raft.snapshot_interval);
  fill(spec.raft.keep_old_snapshots, fresh.raft.keep_old_snapshots);
  fill(spec.raft.log_entries_for_slow_followers, fresh.raft.log_entries_for_slow_followers);
  fill(spec.raft.election_tick, fresh.raft.election_tick);
  fill(spec.raft.heartbeat_tick, fresh.raft.heartbeat_tick);
  fill(spec.heartbeat_period, fresh.heartbeat_period);
  fill(spec.ca.node_cert_expiry, fresh.ca.node_cert_expiry);
}

}  // namespace

Result<InitRequest> init_request_from_json(json const& document) {
  InitFields fields;
  if (auto const read = Reader(document, Form::Api).into(fields); !read) {
    return read.error();
  }
  auto& request = fields.request;
  auto const availability = availability_of(fields.availability);
  if (!availability) {
    return availability.error();
  }
  request.availability = *availability;
  if (auto const named = settle_name(request.spec.spec); !named) {
    return named.error();
  }
  merge_defaults(request.spec.spec);
  request.spec.spec.autolock = request.spec.spec.autolock || fields.autolock;
  return std::move(request);
}

Result<JoinRequest> join_request_from_json(json const& document) {
  JoinFields fields;
  if (auto const read = Reader(document, Form::Api).into(fields); !read) {
    return read.error();
  }
  auto const availability = availability_of(fields.availability);
  if (!availability) {
    return availability.error();
  }
  fields.request.availability = *availability;
  return std::move(fields.request);
}

Result<std::string> unlock_key_from_json(json const& document) {
  UnlockFields fields;
  if (auto const read = Reader(document, Form::Api).into(fields); !read) {
    return read.error();
  }
  return std::move(fields.key);
}

Result<SwarmSpecRequest> swarm_spec_from_json(json const& document) {
  SwarmSpecRequest request;
  if (auto const read = Reader(document, Form::Api).into(request); !read) {
    return read.error();
  }
  if (auto const named = settle_name(request.spec); !named) {
    return named.error();
  }
  // Native shows these two as 0 when they were left out, not as absent.
  request.spec.task_history_limit = request.spec.task_history_limit.value_or(0);
  request.spec.raft.keep_old_snapshots = request.spec.raft.keep_old_snapshots.value_or(0);
  return request;
}

Result<void> validate_swarm_spec(model::ClusterSpec const& spec) {
  auto const expiry = spec.ca.node_cert_expiry;
  if (expiry != Duration{} && expiry < std::chrono::hours(1)) {
    return rpc_error("InvalidArgument", "minimum certificate expiry time is: 1h0m0s");
  }
  if (spec.heartbeat_period < Duration{}) {
    return rpc_error("InvalidArgument", "heartbeat time period cannot be a negative duration");
  }
  return {};
}

}  // namespace swarmward::wire
