#pragma once

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace swarmward::net {

/// How an operation of Asio is awaited whose failure is expected: its answer starts with the error
/// code, and nothing is thrown.
inline constexpr auto kAsResult = boost::asio::as_tuple(boost::asio::use_awaitable);

}  // namespace swarmward::net
