#pragma once

#include <boost/asio/any_io_executor.hpp>

#include "api/server/http_message.h"

namespace swarmward::api {

/// A volume prune of API 1.42 or newer on an older engine, done by its parts. See shaping.h.
asio::awaitable<Response> prune_volumes(asio::any_io_executor executor,
                                        net::DialerPtr engine_dialer,
                                        ApiVersion engine,
                                        std::string raw_query);

}  // namespace swarmward::api
