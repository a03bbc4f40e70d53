#pragma once

#include <string>
#include <string_view>

namespace swarmward::wire {

/// A JSON text in which U+FFFD stands for what is no text: bytes that are not UTF-8, and escapes of
/// half a character ("\ud83d" alone). Go's decoder reads such strings so; clients make them of file
/// names and variables in other encodings.
[[nodiscard]] std::string replace_broken_text(std::string_view json_text);

}  // namespace swarmward::wire
