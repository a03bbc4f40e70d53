#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace swarmward::model::templates {

enum class TokenKind {
  Error,  ///< The text is the message; the last token.
  End,    ///< Of the template.
  Text,
  LeftDelimiter,
  RightDelimiter,
  Space,
  Identifier,
  Keyword,  ///< if, else, end, range, …
  Field,    ///< ".Name".
  Dot,
  Nil,
  Bool,
  Variable,  ///< "$" or "$name".
  Number,
  Character,
  String,
  RawString,
  Pipe,
  LeftParen,
  RightParen,
  Assign,
  Declare,
  Other,  ///< Any other printable character.
};

struct Token {
  TokenKind kind = TokenKind::End;
  std::size_t at = 0;  ///< Offset in the template.
  std::size_t line = 1;
  std::string text;
};

/// Cuts a template into tokens, trim markers applied, comments left out. Always ends with End or
/// Error.
[[nodiscard]] std::vector<Token> tokenize(std::string_view text);

/// As Go's messages show a token.
[[nodiscard]] std::string describe(Token const& token);

}  // namespace swarmward::model::templates
