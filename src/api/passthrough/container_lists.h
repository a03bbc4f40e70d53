#pragma once

#include <optional>
#include <string>
#include <vector>

#include "api/server/http_message.h"
#include "state/snapshot.h"

// GET /containers/json with filters that an engine does not understand: `node`, the containers of
// several engines as one list; `is-task`, which engines know of their own swarm mode's tasks alone.

namespace swarmward::api {

/// What to ask the engines.
struct ContainerListPlan {
  std::vector<state::NodePtr> nodes;  ///< By id, each once.
  std::string path;                   ///< The same request without these filters.
  std::size_t limit = 0;              ///< Of the whole list; 0: none.
  /// It compares with a container, `before` or `since`, which one node alone can do.
  bool compares = false;
  std::optional<bool> tasks;  ///< Containers of tasks alone, or others alone.
};

/// Whether the query of GET /containers/json names nodes.
[[nodiscard]] bool asks_nodes(std::string_view raw_query);
/// Whether it tells containers of tasks from others. Values that native refuses are left to the
/// engine, which refuses them.
[[nodiscard]] bool asks_tasks(std::string_view raw_query);

/// Nodes are named as everywhere; `all` means all of them. Errors: InvalidArgument, NotFound.
[[nodiscard]] Result<ContainerListPlan> plan_container_list(state::Snapshot const& snapshot,
                                                            Request const& request);

/// One engine's answer.
struct ContainerList {
  std::string node;              ///< Its name.
  Result<std::string> document;  ///< The list as the engine wrote it.
};

/// How names tell the node.
enum class NodeNames {
  InFront,  ///< `/NODE/name` instead of `/name`.
  Besides,  ///< Both, for clients that look containers up by their names.
  Untold,   ///< As the engine has them, and no label either.
};

/// One list, newest first, of tasks or of others alone if `tasks` says so; the label `ward.node`
/// names the node. Engines that did not answer are left out. Errors: the first engine's, if none
/// answered.
[[nodiscard]] Result<std::string> merge_container_lists(std::vector<ContainerList> const& lists,
                                                        std::size_t limit,
                                                        NodeNames names = NodeNames::InFront,
                                                        std::optional<bool> tasks = {});

}  // namespace swarmward::api
