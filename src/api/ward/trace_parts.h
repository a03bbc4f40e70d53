#pragma once

#include <string>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "api/ward/trace_target.h"

namespace swarmward::api {

[[nodiscard]] bool takes_connections(model::Task const& task);

/// The service's tasks whose containers may be there, by slot.
[[nodiscard]] std::vector<state::TaskPtr> present_tasks(state::Snapshot const& snapshot,
                                                        TraceTarget const& target);

/// What a trace says of one task.
[[nodiscard]] nlohmann::json backend_document(state::Snapshot const& snapshot,
                                              TraceTarget const& target,
                                              model::Task const& task,
                                              std::string address);

/// The trace of a port in host mode: only nodes with a task answer on it.
[[nodiscard]] nlohmann::json host_port_document(state::Snapshot const& snapshot,
                                                TraceTarget const& target,
                                                nlohmann::json document);

}  // namespace swarmward::api
