#pragma once

#include "api/routes/network_attach.h"

namespace swarmward::api {

/// POST /containers/create on a host of a swarm. A container that is in none of the swarm's
/// networks is made by the engine as it was asked for; any other gets its place there first.
/// Errors: as AttachControl; the engine's own answer where it has one.
asio::awaitable<Result<Response>> create_container(Attaching const* attaching, Call const* call);

}  // namespace swarmward::api
