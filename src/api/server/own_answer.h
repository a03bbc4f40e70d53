#pragma once

#include <ctime>
#include <string>

#include "api/server/http_server.h"

namespace swarmward::api {

/// What an answer of ours depends on besides its content.
struct AnswerContext {
  ApiVersion offered;
  std::string server_version;
  std::string date;  ///< For the Date header; empty: none.
  bool http11 = true;
  bool keep_alive = true;
  bool head_request = false;        ///< The head alone is sent.
  bool experimental_header = true;  ///< Absent where dockerd refuses a version.
};

/// The whole answer, Content-Length included. A body without a line end gets one if it is JSON.
[[nodiscard]] std::string render_answer(AnswerContext const& context, Response response);
/// The head of an answer whose body follows: chunked, or until the connection closes (HTTP/1.0).
[[nodiscard]] std::string render_stream_head(AnswerContext const& context, Response const& head);
[[nodiscard]] std::string render_chunk(std::string_view piece);

/// The time as the Date header has it: "Sun, 06 Nov 1994 08:49:37 GMT".
[[nodiscard]] std::string http_date(std::time_t now);

/// {"message": text}, with `status`.
[[nodiscard]] Response error_answer(unsigned status, std::string_view text);

}  // namespace swarmward::api
