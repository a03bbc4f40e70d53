// What stands between {{ and }}.
#include <algorithm>
#include <array>
#include <cstdio>

#include "model/template/run/format.h"
#include "model/template/syntax/lexer_steps.h"

namespace swarmward::model::templates {

namespace {

constexpr std::array<std::string_view, 10> kKeywords{
    "if", "else", "end", "range", "with", "define", "block", "template", "break", "continue"};

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

/// Bytes outside ASCII count as letters.
bool is_word(char c) {
  return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' ||
         static_cast<unsigned char>(c) >= 0x80;
}

/// `U+007D '}'`.
std::string name_of(char c) {
  std::array<char, 16> out{};
  auto const byte = static_cast<unsigned char>(c);
  bool const printable = byte >= 0x20 && byte < 0x7f;
  (void)std::snprintf(out.data(), out.size(), printable ? "U+%04X '%c'" : "U+%04X", byte, c);
  return out.data();
}

}  // namespace

void Lexer::lex_inside() {
  if (at_end()) {
    fail("unclosed action");
    return;
  }
  char const c = peek();
  if (is_space(c)) {
    lex_space();
  } else if (c == '"') {
    lex_quoted('"', TokenKind::String, "unterminated quoted string");
  } else if (c == '\'') {
    lex_quoted('\'', TokenKind::Character, "unterminated character constant");
  } else if (c == '`') {
    lex_raw();
  } else if (c == '$' || (c == '.' && !is_digit(peek(1)))) {
    lex_name();
  } else if (c == '.' || c == '+' || c == '-' || is_digit(c)) {
    lex_number();
  } else if (is_word(c)) {
    lex_word();
  } else {
    lex_sign(c);
  }
}

void Lexer::lex_space() {
  while (!at_end() && is_space(peek()) && !at_trimming_end()) {
    ++at_;
  }
  if (at_ > start_) {
    emit(TokenKind::Space);
  }
}

void Lexer::lex_quoted(char quote, TokenKind kind, char const* unterminated) {
  for (++at_; !at_end() && peek() != '\n'; ++at_) {
    if (peek() == '\\' && at_ + 1 < text_.size() && peek(1) != '\n') {
      ++at_;
    } else if (peek() == quote) {
      ++at_;
      emit(kind);
      return;
    }
  }
  fail(unterminated);
}

void Lexer::lex_raw() {
  auto const close = text_.find('`', at_ + 1);
  if (close == std::string_view::npos) {
    fail("unterminated raw quoted string");
    return;
  }
  at_ = close + 1;
  emit(TokenKind::RawString);
}

bool Lexer::at_terminator() const {
  return at_end() || is_space(peek()) ||
         std::string_view(".,|:()").find(peek()) != std::string_view::npos ||
         rest().starts_with("}}");
}

void Lexer::lex_name() {
  bool const variable = peek() == '$';
  ++at_;
  if (at_terminator()) {
    emit(variable ? TokenKind::Variable : TokenKind::Dot);
    return;
  }
  take_word(variable ? TokenKind::Variable : TokenKind::Field);
}

void Lexer::lex_word() {
  auto end = at_;
  while (end < text_.size() && is_word(text_[end])) {
    ++end;
  }
  auto const word = text_.substr(at_, end - at_);
  auto kind = TokenKind::Identifier;
  if (word == "true" || word == "false") {
    kind = TokenKind::Bool;
  } else if (word == "nil") {
    kind = TokenKind::Nil;
  } else if (std::ranges::find(kKeywords, word) != kKeywords.end()) {
    kind = TokenKind::Keyword;
  }
  take_word(kind);
}

void Lexer::take_word(TokenKind kind) {
  while (!at_end() && is_word(peek())) {
    ++at_;
  }
  if (!at_terminator()) {
    fail("bad character " + name_of(peek()));
    return;
  }
  emit(kind);
}

void Lexer::lex_number() {
  at_ += peek() == '+' || peek() == '-' ? 1 : 0;
  std::string_view digits = "0123456789_";
  if (peek() == '0' && at_ + 1 < text_.size()) {
    if (peek(1) == 'x' || peek(1) == 'X') {
      digits = "0123456789abcdefABCDEF_";
      at_ += 2;
    } else if (peek(1) == 'o' || peek(1) == 'O') {
      digits = "01234567_";
      at_ += 2;
    } else if (peek(1) == 'b' || peek(1) == 'B') {
      digits = "01_";
      at_ += 2;
    }
  }
  auto const take = [this](std::string_view allowed) {
    while (!at_end() && allowed.find(peek()) != std::string_view::npos) {
      ++at_;
    }
  };
  take(digits);
  if (peek() == '.') {
    ++at_;
    take(digits);
  }
  if (digits.size() == 11 && (peek() == 'e' || peek() == 'E')) {
    ++at_;
    at_ += peek() == '+' || peek() == '-' ? 1 : 0;
    take("0123456789_");
  }
  if (!at_end() && is_word(peek())) {
    ++at_;
    fail("bad number syntax: " + quote(text_.substr(start_, at_ - start_)));
    return;
  }
  emit(TokenKind::Number);
}

void Lexer::lex_sign(char c) {
  ++at_;
  switch (c) {
    case '=':
      emit(TokenKind::Assign);
      return;
    case '|':
      emit(TokenKind::Pipe);
      return;
    case '(':
      ++depth_;
      emit(TokenKind::LeftParen);
      return;
    case ')':
      emit(TokenKind::RightParen);
      if (--depth_ < 0) {
        fail("unexpected right paren U+0029 ')'");
      }
      return;
    case ':':
      if (peek() != '=') {
        fail("expected :=");
        return;
      }
      ++at_;
      emit(TokenKind::Declare);
      return;
    default:
      break;
  }
  auto const byte = static_cast<unsigned char>(c);
  if (byte >= 0x20 && byte < 0x7f) {
    emit(TokenKind::Other);
  } else {
    fail("unrecognized character in action: " + name_of(c));
  }
}

}  // namespace swarmward::model::templates
