#pragma once

#include "model/node.h"
#include "model/task.h"

namespace swarmward::api {

/// Whether the task runs what its service asks for now (`_up-to-date`): made from the same version
/// of the spec, or from an equal one. A change of the placement alone leaves a task current as long
/// as its node meets the constraints. `node` is null if the task has none.
[[nodiscard]] bool is_up_to_date(model::Task const& task,
                                 model::Service const& service,
                                 model::Node const* node);

}  // namespace swarmward::api
