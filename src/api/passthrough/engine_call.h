#pragma once

#include <chrono>
#include <string>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include "base/net/dialer.h"
#include "base/result.h"

namespace swarmward::api {

struct EngineRequest {
  std::string method;
  std::string target;  ///< With its version: "/v1.41/volumes".
  std::string content_type;
  std::string body;
  std::chrono::seconds timeout{60};
};

struct EngineReply {
  unsigned status = 0;
  std::string body;
};

/// One request on a connection of its own; at most its timeout. For the few answers that take
/// several requests to the engine, or must be read here. Errors: Unavailable.
boost::asio::awaitable<Result<EngineReply>> call_engine(boost::asio::any_io_executor executor,
                                                        net::DialerPtr engine,
                                                        EngineRequest request);

}  // namespace swarmward::api
