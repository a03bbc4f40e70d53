#pragma once

#include "model/template/syntax/lexer.h"

namespace swarmward::model::templates {

[[nodiscard]] inline bool is_space(char c) {
  return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/// The work of tokenize(): lexer.cpp has what lies around actions, action_lexer.cpp their inside.
class Lexer {
 public:
  explicit Lexer(std::string_view text) : text_(text) {}

  std::vector<Token> run();

 private:
  [[nodiscard]] bool ended() const;
  [[nodiscard]] std::string_view rest() const { return text_.substr(at_); }
  [[nodiscard]] char peek(std::size_t ahead = 0) const;
  [[nodiscard]] bool at_end() const { return at_ >= text_.size(); }
  /// ` -}}`, which takes the white space after it away.
  [[nodiscard]] bool at_trimming_end() const;

  /// Emits what lies between `start_` and `at_`.
  void emit(TokenKind kind) { emit(kind, std::string(text_.substr(start_, at_ - start_))); }
  void emit(TokenKind kind, std::string text);
  void skip_to(std::size_t at);
  void fail(std::string message);
  void lex_text();
  void lex_left();
  void lex_comment();
  void skip_past_trimmed_end();

  /// True at the end of an action, which it then takes.
  bool lex_right();

  void lex_inside();
  void lex_space();
  void lex_quoted(char quote, TokenKind kind, char const* unterminated);
  void lex_raw();

  [[nodiscard]] bool at_terminator() const;

  /// ".Field", "." , "$variable" or "$".
  void lex_name();
  void lex_word();
  void take_word(TokenKind kind);
  void lex_number();
  void lex_sign(char c);

  std::string_view text_;
  std::size_t at_ = 0;
  std::size_t start_ = 0;
  std::size_t line_ = 1;
  int depth_ = 0;
  std::vector<Token> tokens_;
};

}  // namespace swarmward::model::templates
