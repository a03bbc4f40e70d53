#pragma once

#include "api/routes/network_attach.h"

namespace swarmward::api {

/// POST /containers/create on that host of a swarm. A container that is in none of the swarm's
/// networks is made by the engine as it was asked for; any other gets its place there first.
/// Errors: as AttachControl; the engine's own answer where it has one. All outlive the call.
asio::awaitable<Result<Response>> create_container(Attaching const* attaching,
                                                   ContainerHost const* host,
                                                   Call const* call);

/// The id in the answer to such a request; empty if it was refused.
[[nodiscard]] std::string created_id(Response const& answer);

}  // namespace swarmward::api
