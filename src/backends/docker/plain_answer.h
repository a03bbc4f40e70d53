#pragma once

#include <optional>
#include <string_view>

namespace swarmward::backends {

/// An answer of HTTP that lies in memory as a whole. Its views are into the bytes it was read from.
struct PlainAnswer {
  unsigned status = 0;
  std::string_view api_version;  ///< The header Api-Version; empty if absent.
  std::string_view body;
};

/// The answer that these bytes are, no more and no less, if it is of the plain kind that engines
/// give to pings: HTTP/1.1, a body of a given length or none, a connection that goes on. Nothing
/// for all else, which is not wrong for that but needs the parser. Not for answers to HEAD. Pure.
[[nodiscard]] std::optional<PlainAnswer> read_plain_answer(std::string_view bytes);

}  // namespace swarmward::backends
