#pragma once

#include <memory>

#include "api/server/http_message.h"
#include "base/result.h"

namespace swarmward::api {

/// The engine's own answer to a request that was read here and turned out to be for the engine
/// alone: as the client made it, shaped for an older engine where need be. Errors: Unavailable.
asio::awaitable<Result<Response>> forward_to_engine(std::shared_ptr<Upstream const> engine,
                                                    Request request);

}  // namespace swarmward::api
