#pragma once

#include <optional>
#include <string>

#include "api/server/http_message.h"
#include "base/result.h"
#include "state/snapshot.h"

namespace swarmward::api {

/// What `docker ward trace` follows, found in the state.
struct TraceTarget {
  enum class Kind {
    Ingress,     ///< A port that every node answers on.
    HostPort,    ///< A port that nodes with a task answer on.
    VirtualIp,   ///< A service's address inside of a network.
    RoundRobin,  ///< A service whose name stands for its tasks (dnsrr).
  };
  Kind kind = Kind::Ingress;
  state::ServicePtr service;
  state::NodePtr from;                    ///< Where the connection enters.
  std::optional<model::PortConfig> port;  ///< Of the first two kinds.
  state::NetworkPtr network;              ///< Null for HostPort.
  std::string virtual_ip;                 ///< Of VirtualIp.
};

/// `target` is SERVICE:PORT, SERVICE:PORT/PROTOCOL or SERVICE; `from` a node, or the manager's;
/// `network` one of the service's, or its only one. Errors name causes and cures: NotFound,
/// InvalidArgument.
[[nodiscard]] Result<TraceTarget> find_trace_target(state::Snapshot const& snapshot,
                                                    Request const& request);

/// "8080->80/tcp".
[[nodiscard]] std::string port_text(model::PortConfig const& port);

}  // namespace swarmward::api
