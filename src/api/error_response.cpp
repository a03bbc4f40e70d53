#include "api/error_response.h"

#include <nlohmann/json.hpp>

#include "wire/body.h"

namespace swarmward::api {

namespace {

/// Below this version errors are plain text.
constexpr ApiVersion kJsonErrors{1, 24};

std::string message_body(std::string const& message) {
  nlohmann::json document;
  document["message"] = message;
  return wire::dump_json(document) + "\n";
}

}  // namespace

unsigned http_status(ErrorCode code) {
  switch (code) {
    case ErrorCode::InvalidArgument:
      return 400;
    case ErrorCode::Unauthorized:
      return 401;
    case ErrorCode::Forbidden:
      return 403;
    case ErrorCode::NotFound:
      return 404;
    case ErrorCode::Conflict:
      return 409;
    case ErrorCode::NotImplemented:
      return 501;
    case ErrorCode::Unavailable:
      return 503;
    case ErrorCode::Internal:
      return 500;
  }
  return 500;
}

Response error_response(Error const& error, ApiVersion version) {
  Response response;
  response.status = http_status(error.code);
  if (version < kJsonErrors) {
    response.content_type = "text/plain; charset=utf-8";
    response.body = error.message + "\n";
    return response;
  }
  response.body = message_body(error.message);
  return response;
}

Response page_not_found() {
  Response response;
  response.status = 404;
  response.body = message_body("page not found");
  return response;
}

}  // namespace swarmward::api
