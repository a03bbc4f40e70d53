#pragma once

#include <string>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include "base/result.h"

namespace swarmward::api {

struct EngineReply {
  unsigned status = 0;
  std::string body;
};

/// One request without a body, on a connection of its own; at most 60 s. For the few answers that
/// take several requests to the engine. Errors: Unavailable.
boost::asio::awaitable<Result<EngineReply>> call_engine(boost::asio::any_io_executor executor,
                                                        std::string address,
                                                        std::string method,
                                                        std::string target);

}  // namespace swarmward::api
