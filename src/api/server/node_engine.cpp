#include "api/server/node_engine.h"

#include <algorithm>
#include <array>

#include "api/server/own_answer.h"

namespace swarmward::api {

namespace {

constexpr std::array<std::string_view, 6> kSwarmRoots{
    "/swarm", "/nodes", "/services", "/tasks", "/secrets", "/configs"};

bool is_below(std::string_view path, std::string_view root) {
  return path.starts_with(root) && (path.size() == root.size() || path[root.size()] == '/');
}

}  // namespace

std::optional<Response> refuse_of_node(std::string_view path) {
  bool const of_swarm =
      std::ranges::any_of(kSwarmRoots, [&](std::string_view root) { return is_below(path, root); });
  if (!of_swarm) {
    return std::nullopt;
  }
  return error_answer(
      503,
      "Only the engine of the node is asked here, and its own swarm mode is off. Please leave "
      "/nodes/NAME out to view or modify cluster state; to leave the swarm, run the command on the "
      "node.");
}

}  // namespace swarmward::api
