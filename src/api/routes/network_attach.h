#pragma once

#include "api/passthrough/attached_body.h"
#include "api/route.h"

namespace swarmward::api {

/// The host of a container.
struct ContainerHost {
  model::NodeId node;  ///< Empty: this host.
  std::shared_ptr<backends::Engine> engine;
  std::shared_ptr<Upstream const> upstream;
};
[[nodiscard]] ContainerHost this_host(SwarmControl& control);

/// What attaching works with. All of it outlives the routes.
struct Attaching {
  RouteContext const& context;
  AttachControl& control;
};

/// Places for a container of that node (empty: this host) in those networks that are the swarm's;
/// the others are left out. Names are looked up as this host's engine does it: its own networks are
/// not asked about. Errors: as AttachControl; InvalidArgument (ambiguous). `attaching` and
/// `snapshot` outlive the call.
asio::awaitable<Result<std::vector<GivenPlace>>> places_for(Attaching const* attaching,
                                                            state::Snapshot const* snapshot,
                                                            model::NodeId node,
                                                            std::vector<AttachWish> wishes);

/// POST /networks/{id}/connect and /disconnect for containers of that host that are no tasks. What
/// concerns none of the swarm's networks is answered by its engine. All outlive the call.
asio::awaitable<Result<Response>> connect_container(Attaching const* attaching,
                                                    ContainerHost const* host,
                                                    Call const* call);
asio::awaitable<Result<Response>> disconnect_container(Attaching const* attaching,
                                                       ContainerHost const* host,
                                                       Call const* call);

/// Asks the engines whether containers that are attached to the network still run, without waiting
/// for their nodes' runners to notice. `context` outlives the call.
asio::awaitable<void> look_again(RouteContext const* context, model::NetworkId network);

}  // namespace swarmward::api
