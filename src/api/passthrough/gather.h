#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include <boost/asio/awaitable.hpp>

#include "backends/engine.h"
#include "base/result.h"

namespace swarmward::api {

/// Nobody waits longer for the slowest of many engines.
inline constexpr std::chrono::seconds kGatherTimeout{10};

/// Asks all engines at once for GET `path`; the answers in the order of the engines. Errors, each
/// in its place: the engine's; Unavailable without an engine (null) or an answer in time. Once an
/// answer is `enough` the others are not waited for; none is if that is empty.
boost::asio::awaitable<std::vector<Result<std::string>>> gather_documents(
    std::vector<std::shared_ptr<backends::Engine>> engines,
    std::string path,
    std::chrono::milliseconds timeout = kGatherTimeout,
    std::function<bool(std::string const&)> enough = {});

}  // namespace swarmward::api
