#pragma once

#include <memory>

#include <boost/asio/any_io_executor.hpp>

#include "backends/docker/engine_address.h"
#include "backends/engine.h"

namespace swarmward::backends {

/// An engine behind a socket. Connects at the first call; speaks the older of its newest API
/// version and 1.44. All calls on the thread of `executor`; must outlive its calls, not its
/// streams.
[[nodiscard]] std::unique_ptr<Engine> make_docker_engine(asio::any_io_executor executor,
                                                         EngineAddress address);

/// As above. Errors: InvalidArgument (malformed address).
[[nodiscard]] Result<std::unique_ptr<Engine>> make_docker_engine(asio::any_io_executor executor,
                                                                 std::string const& address);

}  // namespace swarmward::backends
