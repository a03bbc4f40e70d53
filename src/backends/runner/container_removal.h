#pragma once

#include <functional>

#include "backends/runner/runner_context.h"

namespace swarmward::backends {

/// Removes a container that no task wants; a failure is logged, and repaired at the next resync.
asio::awaitable<void> remove_unwanted(std::shared_ptr<RunnerContext> context, std::string id);

/// Removes all containers of the node, and then its networks and the files of its tasks. Returns
/// when none is left and `idle` says that nobody makes new ones, or when the engine does not
/// answer.
asio::awaitable<void> remove_node(std::shared_ptr<RunnerContext> context,
                                  std::function<bool()> idle);

}  // namespace swarmward::backends
