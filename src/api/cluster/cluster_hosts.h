#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "api/route.h"
#include "api/routes/network_attach.h"

namespace swarmward::api {

/// What the engine of one node answered.
struct NodeAnswer {
  state::NodePtr node;
  Result<std::string> document;
};

/// Whether it did not answer at all, be it that its node is down.
[[nodiscard]] bool is_silent(NodeAnswer const& answer);

/// The engines of all nodes as one: asks them together, and knows on which one a container is. Io
/// thread only.
class ClusterHosts {
 public:
  /// So long an engine is waited for that others wait for.
  static constexpr std::chrono::seconds kPatience{5};
  using Enough = std::function<bool(std::string const&)>;

  explicit ClusterHosts(RouteContext const& context) : context_(context) {}

  /// Asks the engines of all nodes for GET `path`, those of nodes that are not ready excepted:
  /// these count as silent. `enough` as in gather_documents().
  asio::awaitable<std::vector<NodeAnswer>> ask_all(std::string path, Enough enough = {}) const;
  /// The node whose engine has a container of that id, name or beginning of an id. Where several
  /// have one, whole ids and names go first, then this host. Errors: NotFound, naming the nodes
  /// that did not answer; Internal, with dockerd's text (a beginning of several ids).
  asio::awaitable<Result<model::NodeId>> node_with(std::string container) const;
  /// The container is on that node from now on.
  void remember(std::string const& container, model::NodeId const& node) const;

  /// The engine of a node. Errors: Unavailable, no way to it is known.
  [[nodiscard]] Result<ContainerHost> host(model::NodeId const& node) const;
  /// The same of the node with that container. Errors: as node_with() and host().
  asio::awaitable<Result<ContainerHost>> host_with(std::string container) const;

 private:
  RouteContext const& context_;
  /// The node of a container known by its whole id, if that node is ready; empty: ask.
  [[nodiscard]] model::NodeId known_node(std::string const& container) const;

  /// Nodes of containers by their whole ids. A host that joins anew is another node.
  mutable std::map<std::string, model::NodeId, std::less<>> known_;
};

}  // namespace swarmward::api
