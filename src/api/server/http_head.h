#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "api/server/framing.h"

// Heads of HTTP messages: read, and edited as text, so that what is not ours stays as it came.

namespace swarmward::api {

inline constexpr std::size_t kHeadLimit = 1 << 20;
/// Of one header, name included. Boost.Beast keeps the places of its parts in 16 bits.
inline constexpr std::size_t kHeaderLimit = 65'000;

struct RequestHead {
  std::string method;
  std::string target;
  std::vector<std::pair<std::string, std::string>> headers;
  BodyFraming body;
  bool http11 = true;
  bool keep_alive = true;
  bool upgrade = false;
  bool expects_continue = false;
};

struct ResponseHead {
  unsigned status = 0;
  bool keep_alive = true;
  bool framed = false;  ///< It says where its body ends.
  BodyFraming body;
};

/// What the body of a response depends on besides its own head.
enum class AnswerTo { Head, Other };

/// `head` ends with its empty line. Nothing if it is malformed.
[[nodiscard]] std::optional<RequestHead> parse_request_head(std::string_view head);
[[nodiscard]] std::optional<ResponseHead> parse_response_head(std::string_view head, AnswerTo to);

/// A header with more than the 64 kB that the parser takes, which may be told apart from nonsense.
[[nodiscard]] bool has_long_header(std::string_view head);

/// Another target in the first line.
[[nodiscard]] std::string replace_target(std::string_view head, std::string_view target);
/// The same head for a body of that size: no longer chunked, no longer waiting for 100.
[[nodiscard]] std::string replace_length(std::string_view head, std::size_t size);
/// Sets a header that is there. Any letter case; all others stay as they are.
[[nodiscard]] std::string replace_header(std::string head,
                                         std::string_view name,
                                         std::string_view value);
/// The same, adding it if it is not there.
[[nodiscard]] std::string set_header(std::string head,
                                     std::string_view name,
                                     std::string_view value);

[[nodiscard]] bool same_header(std::string_view a, std::string_view b);

}  // namespace swarmward::api
