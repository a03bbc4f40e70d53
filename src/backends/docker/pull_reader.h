#pragma once

#include <chrono>
#include <memory>
#include <string>

#include <boost/asio/any_io_executor.hpp>

#include "backends/engine.h"

namespace swarmward::backends {

/// Reads the progress of a pull to its end. Errors: Internal with the engine's text of the failure,
/// or pull_too_slow() when `until` passes, which also ends the engine's pull; Unavailable when the
/// connection breaks.
asio::awaitable<Result<void>> read_pull(asio::any_io_executor executor,
                                        std::unique_ptr<ByteStream> body,
                                        std::string reference,
                                        std::chrono::steady_clock::time_point until);

/// Internal, so that the task fails: another try would take as long.
[[nodiscard]] Error pull_too_slow(std::string const& reference, std::chrono::minutes limit);

}  // namespace swarmward::backends
