#include "model/template/syntax/lexer.h"

#include <algorithm>

#include "model/template/run/format.h"
#include "model/template/syntax/lexer_steps.h"

namespace swarmward::model::templates {

std::vector<Token> Lexer::run() {
  while (!ended()) {
    lex_text();
  }
  return std::move(tokens_);
}

bool Lexer::ended() const {
  return !tokens_.empty() &&
         (tokens_.back().kind == TokenKind::End || tokens_.back().kind == TokenKind::Error);
}

char Lexer::peek(std::size_t ahead) const {
  return at_ + ahead < text_.size() ? text_[at_ + ahead] : '\0';
}

bool Lexer::at_trimming_end() const {
  return !at_end() && is_space(peek()) && rest().substr(1).starts_with("-}}");
}

void Lexer::emit(TokenKind kind, std::string text) {
  tokens_.push_back({kind, start_, line_, std::move(text)});
  line_ += static_cast<std::size_t>(std::ranges::count(text_.substr(start_, at_ - start_), '\n'));
  start_ = at_;
}

void Lexer::skip_to(std::size_t at) {
  line_ += static_cast<std::size_t>(std::ranges::count(text_.substr(start_, at - start_), '\n'));
  at_ = at;
  start_ = at;
}

void Lexer::fail(std::string message) {
  tokens_.push_back({TokenKind::Error, start_, line_, std::move(message)});
}

void Lexer::lex_text() {
  auto const found = text_.find("{{", at_);
  auto const end = std::min(found, text_.size());
  auto trimmed = end;
  if (found != std::string_view::npos && text_.substr(found + 2).starts_with('-') &&
      found + 3 < text_.size() && is_space(text_[found + 3])) {
    while (trimmed > at_ && is_space(text_[trimmed - 1])) {
      --trimmed;
    }
  }
  if (trimmed > at_) {
    at_ = trimmed;
    emit(TokenKind::Text);
  }
  skip_to(end);
  if (found == std::string_view::npos) {
    emit(TokenKind::End);
    return;
  }
  lex_left();
}

void Lexer::lex_left() {
  bool const trims =
      rest().substr(2).starts_with('-') && at_ + 3 < text_.size() && is_space(peek(3));
  std::size_t const marker = trims ? 2 : 0;
  if (rest().substr(2 + marker).starts_with("/*")) {
    skip_to(at_ + 2 + marker);
    lex_comment();
    return;
  }
  at_ += 2;
  emit(TokenKind::LeftDelimiter);
  skip_to(at_ + (trims ? 2 : 0));
  depth_ = 0;
  while (!ended() && !lex_right()) {
    lex_inside();
  }
}

void Lexer::lex_comment() {
  auto const close = text_.find("*/", at_ + 2);
  if (close == std::string_view::npos) {
    fail("unclosed comment");
    return;
  }
  at_ = close + 2;
  if (at_trimming_end()) {
    skip_past_trimmed_end();
  } else if (rest().starts_with("}}")) {
    skip_to(at_ + 2);
  } else {
    fail("comment ends before closing delimiter");
  }
}

void Lexer::skip_past_trimmed_end() {
  auto at = at_ + 4;
  while (at < text_.size() && is_space(text_[at])) {
    ++at;
  }
  skip_to(at);
}

bool Lexer::lex_right() {
  bool const trims = at_trimming_end();
  if (!trims && !rest().starts_with("}}")) {
    return false;
  }
  if (depth_ > 0) {
    fail("unclosed left paren");
    return true;
  }
  skip_to(at_ + (trims ? 2 : 0));
  at_ += 2;
  emit(TokenKind::RightDelimiter);
  if (trims) {
    at_ -= 4;
    skip_past_trimmed_end();
  }
  return true;
}

std::vector<Token> tokenize(std::string_view text) {
  return Lexer(text).run();
}

std::string describe(Token const& token) {
  constexpr std::size_t kShown = 10;
  switch (token.kind) {
    case TokenKind::End:
      return "EOF";
    case TokenKind::Error:
      return token.text;
    case TokenKind::Keyword:
    case TokenKind::Dot:
    case TokenKind::Nil:
      return "<" + token.text + ">";
    default:
      break;
  }
  if (token.text.size() > kShown) {
    return quote(token.text.substr(0, kShown)) + "...";
  }
  return quote(token.text);
}

}  // namespace swarmward::model::templates
