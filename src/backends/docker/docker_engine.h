#pragma once

#include <memory>

#include <boost/asio/any_io_executor.hpp>

#include "backends/docker/connection_budget.h"
#include "backends/engine.h"
#include "base/net/dialer.h"

namespace swarmward::backends {

/// An engine to which `dialer` leads. Connects at the first call; speaks the older of its newest
/// API version and 1.44. All calls on the thread of `executor`; must outlive its calls, not its
/// streams. `budget`: shared by many engines; null where there are few.
[[nodiscard]] std::unique_ptr<Engine> make_docker_engine(
    asio::any_io_executor executor,
    net::DialerPtr dialer,
    std::shared_ptr<ConnectionBudget> budget = nullptr);

/// As above, at a unix socket or a TCP address. Errors: InvalidArgument (malformed address).
[[nodiscard]] Result<std::unique_ptr<Engine>> make_docker_engine(asio::any_io_executor executor,
                                                                 std::string const& address);

}  // namespace swarmward::backends
