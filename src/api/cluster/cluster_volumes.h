#pragma once

#include <map>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "api/cluster/cluster_hosts.h"
#include "api/cluster/node_choice.h"
#include "api/passthrough/body_parts.h"

namespace swarmward::api {

/// What all nodes say of one volume.
struct VolumePlaces {
  std::set<model::NodeId> nodes;
  OrderedJson shown;                   ///< As one of the engines shows it; null: no node has it.
  bool shared = false;                 ///< Its driver makes the same of it on every node.
  std::vector<state::NodePtr> silent;  ///< These said nothing.
};

/// /volumes of all nodes. A volume is on one node, and those of a project of compose on the same,
/// so that a container can have several; unless its driver reaches it from everywhere. Io thread
/// only.
class ClusterVolumes {
 public:
  explicit ClusterVolumes(ClusterHosts const& hosts) : hosts_(hosts) {}
  [[nodiscard]] static std::span<Route<ClusterVolumes> const> routes();

  asio::awaitable<Result<Response>> list(Call const* call);
  asio::awaitable<Result<Response>> inspect(Call const* call);
  asio::awaitable<Result<Response>> remove(Call const* call);

  asio::awaitable<VolumePlaces> places_of(std::string name) const;
  /// A node with volumes of that project that are there alone; empty: none has any.
  asio::awaitable<model::NodeId> node_of_project(std::string project) const;
  /// A shared volume that the host's engine does not have is made there as it is elsewhere. Errors:
  /// the engine's.
  asio::awaitable<Result<void>> bring(ContainerHost const* host, VolumePlaces const* volume) const;

 private:
  ClusterHosts const& hosts_;
};

}  // namespace swarmward::api
