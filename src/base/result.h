#pragma once

#include <string>
#include <string_view>

#include <boost/system/result.hpp>

namespace swarmward {

/// Kinds of expected failure. api/error_response.cpp alone turns them into HTTP statuses.
enum class ErrorCode {
  InvalidArgument,
  Unauthorized,
  Forbidden,
  NotFound,
  Conflict,
  NotImplemented,
  Unavailable,
  Internal,
};

/// An expected failure: of a client, an engine, the kernel, the network.
struct Error {
  ErrorCode code = ErrorCode::Internal;
  std::string message;  ///< Shown to the client, word for word.
};

/// Needed by boost::system::result::value(): throws std::runtime_error with the message.
[[noreturn]] void throw_exception_from_error(Error const& error,
                                             boost::source_location const& where);

template <class T>
using Result = boost::system::result<T, Error>;

[[nodiscard]] inline Error invalid_argument(std::string message) {
  return {ErrorCode::InvalidArgument, std::move(message)};
}
[[nodiscard]] inline Error not_found(std::string message) {
  return {ErrorCode::NotFound, std::move(message)};
}
[[nodiscard]] inline Error conflict(std::string message) {
  return {ErrorCode::Conflict, std::move(message)};
}
[[nodiscard]] inline Error unavailable(std::string message) {
  return {ErrorCode::Unavailable, std::move(message)};
}
[[nodiscard]] inline Error internal_error(std::string message) {
  return {ErrorCode::Internal, std::move(message)};
}

/// An error of swarm mode's control API. Clients and their tests match the wrapper
/// `rpc error: code = <name> desc = <text>`, so it is part of the interface.
/// `name` is a gRPC code name ("InvalidArgument", "Unknown", …) and decides the ErrorCode too.
[[nodiscard]] Error rpc_error(std::string_view name, std::string_view text);

/// The same error with `context: ` before its message.
[[nodiscard]] Error in_context(std::string_view context, Error error);

}  // namespace swarmward
