#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "api/passthrough/container_lists.h"
#include "api/passthrough/exec_nodes.h"
#include "api/routes/network_attach.h"

namespace swarmward::api {

/// Containers of tasks on other nodes, as if they were here: finds the engine that a request is
/// for. Only what one engine cannot answer alone is answered here.
class Containers {
 public:
  Containers(RouteContext const& context, AttachControl& attachments)
      : context_(context), attaching_{context, attachments} {}
  [[nodiscard]] static std::span<Route<Containers> const> routes();

  /// Sessions inside containers elsewhere, whose ids must be remembered, lists of several nodes or
  /// of tasks alone, and new containers, which may join the swarm's networks. All else goes to one
  /// engine.
  [[nodiscard]] bool owns(std::string_view method,
                          std::string_view path,
                          std::string_view raw_query) const;
  /// The engine of another node that has the container or exec session of the path; null: this
  /// host's shall answer.
  [[nodiscard]] std::shared_ptr<Upstream const> upstream_of(std::string_view path) const;
  /// The engine of the node with this name, id or beginning of an id. Errors: NotFound,
  /// InvalidArgument, Unavailable.
  [[nodiscard]] Result<std::shared_ptr<Upstream const>> node_upstream(
      std::string const& name) const;

  asio::awaitable<Result<Response>> list(Call const* call);
  asio::awaitable<Result<Response>> create(Call const* call);
  asio::awaitable<Result<Response>> create_exec(Call const* call);

  /// The containers of this host, as that plan names no nodes.
  asio::awaitable<Result<Response>> list_here(ContainerListPlan const* plan);
  /// The containers of that plan's nodes as one list.
  asio::awaitable<Result<Response>> list_of(ContainerListPlan const* plan,
                                            NodeNames names,
                                            std::chrono::milliseconds patience);
  /// POST /containers/{id}/exec for a container of that host, whose sessions are found from now on.
  asio::awaitable<Result<Response>> create_exec_on(ContainerHost const* host, Call const* call);

 private:
  /// The node of a task's container that is not this host; empty if there is none.
  [[nodiscard]] model::NodeId node_elsewhere(state::Snapshot const& snapshot,
                                             std::string_view container) const;

  RouteContext const& context_;
  Attaching attaching_;
  mutable ExecNodes execs_;  ///< To look one up is to use it.
};

}  // namespace swarmward::api
