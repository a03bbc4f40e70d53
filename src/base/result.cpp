#include "base/result.h"

#include <array>
#include <stdexcept>

namespace swarmward {

void throw_exception_from_error(Error const& error, boost::source_location const& /*where*/) {
  throw std::runtime_error(error.message);
}

namespace {

struct RpcCode {
  std::string_view name;
  ErrorCode code;
};

/// What native swarm mode answers for each gRPC code; all others are 500.
constexpr std::array kRpcCodes{
    RpcCode{"InvalidArgument", ErrorCode::InvalidArgument},
    RpcCode{"FailedPrecondition", ErrorCode::InvalidArgument},
    RpcCode{"OutOfRange", ErrorCode::InvalidArgument},
    RpcCode{"Unauthenticated", ErrorCode::Unauthorized},
    RpcCode{"PermissionDenied", ErrorCode::Forbidden},
    RpcCode{"NotFound", ErrorCode::NotFound},
    RpcCode{"AlreadyExists", ErrorCode::Conflict},
    RpcCode{"Unimplemented", ErrorCode::NotImplemented},
    RpcCode{"Unavailable", ErrorCode::Unavailable},
};

}  // namespace

Error rpc_error(std::string_view name, std::string_view text) {
  Error error{ErrorCode::Internal, "rpc error: code = "};
  error.message.append(name).append(" desc = ").append(text);
  for (auto const& known : kRpcCodes) {
    if (known.name == name) {
      error.code = known.code;
    }
  }
  return error;
}

Error in_context(std::string_view context, Error error) {
  error.message = std::string(context) + ": " + error.message;
  return error;
}

}  // namespace swarmward
