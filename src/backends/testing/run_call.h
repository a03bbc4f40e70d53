#pragma once

#include <exception>
#include <optional>
#include <utility>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

namespace swarmward::backends {

namespace asio = boost::asio;

/// Runs one call of an engine to its end.
template <class T>
T run(asio::io_context& io, asio::awaitable<T> call) {
  std::optional<T> result;
  asio::co_spawn(io, std::move(call), [&](std::exception_ptr thrown, T value) {
    if (thrown) {
      std::rethrow_exception(thrown);
    }
    result = std::move(value);
  });
  io.restart();
  while (!result && io.run_one() > 0) {
  }
  return std::move(result.value());
}

}  // namespace swarmward::backends
