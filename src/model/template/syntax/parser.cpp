#include "model/template/syntax/parser.h"

#include "model/template/syntax/parser_steps.h"

namespace swarmward::model::templates {

Result<std::vector<Statement>> Parser::run() {
  std::vector<Statement> statements;
  if (auto const end = read_list(statements); !failed() && end != ListEnd::Template) {
    fail(end == ListEnd::End ? "unexpected {{end}}" : "unexpected {{else}}");
  }
  if (failed()) {
    return invalid_argument(*error_);
  }
  return statements;
}

void Parser::fail(std::string const& message) {
  if (!error_) {
    error_ = "template: expansion:" + std::to_string(line_) + ": " + message;
    end_ = {TokenKind::End, 0, line_, ""};
  }
}

void Parser::unexpected(Token const& token, std::string_view context) {
  if (token.kind == TokenKind::Error) {
    fail(token.text);
  } else {
    fail("unexpected " + describe(token) + " in " + std::string(context));
  }
}

Token const& Parser::peek() {
  if (failed()) {
    return end_;
  }
  line_ = tokens_[next_].line;
  return tokens_[next_];
}

Token const& Parser::take() {
  auto const& token = peek();
  next_ += !failed() && next_ + 1 < tokens_.size() ? 1 : 0;
  return token;
}

Token const& Parser::peek_word() {
  while (peek().kind == TokenKind::Space) {
    take();
  }
  return peek();
}

Token const& Parser::take_word() {
  peek_word();
  return take();
}

bool Parser::is_keyword(std::string_view word) {
  auto const& token = peek_word();
  return token.kind == TokenKind::Keyword && token.text == word;
}

void Parser::expect_right(std::string_view context) {
  auto const& token = take_word();
  if (token.kind != TokenKind::RightDelimiter) {
    unexpected(token, context);
  }
}

Parser::ListEnd Parser::read_list(std::vector<Statement>& out) {
  while (!failed()) {
    auto const& token = take();
    if (token.kind == TokenKind::End) {
      return ListEnd::Template;
    }
    if (token.kind == TokenKind::Text) {
      out.emplace_back();
      out.back().text = token.text;
      continue;
    }
    if (token.kind != TokenKind::LeftDelimiter) {
      unexpected(token, "input");
      break;
    }
    if (is_keyword("end")) {
      take();
      expect_right("end");
      return ListEnd::End;
    }
    if (is_keyword("else")) {
      take();
      if (!is_keyword("if")) {
        expect_right("else");
      }
      return ListEnd::Else;
    }
    out.push_back(read_action(token));
  }
  return ListEnd::Template;
}

Statement Parser::read_action(Token const& left) {
  auto const& token = peek_word();
  if (token.kind == TokenKind::Keyword) {
    take();
    return read_keyword(token);
  }
  Statement action;
  action.kind = Statement::Kind::Action;
  action.at = left.at;
  action.pipeline = read_pipeline("command", TokenKind::RightDelimiter);
  return action;
}

Statement Parser::read_keyword(Token const& keyword) {
  Statement out;
  out.at = keyword.at;
  if (keyword.text == "if") {
    out.kind = Statement::Kind::If;
    read_control(out, "if");
  } else if (keyword.text == "with") {
    out.kind = Statement::Kind::With;
    read_control(out, "with");
  } else if (keyword.text == "range") {
    out.kind = Statement::Kind::Range;
    ++loops_;
    read_control(out, "range");
    --loops_;
  } else if (keyword.text == "break" || keyword.text == "continue") {
    out.kind = keyword.text == "break" ? Statement::Kind::Break : Statement::Kind::Continue;
    expect_right(keyword.text);
    if (loops_ == 0) {
      fail("{{" + keyword.text + "}} outside {{range}}");
    }
  } else {
    fail("{{" + keyword.text + "}} is not supported in placeholders");
  }
  return out;
}

void Parser::read_control(Statement& out, std::string_view context) {
  Deeper const deeper(*this);
  auto const outer = variables_.size();
  out.pipeline = read_pipeline(context, TokenKind::RightDelimiter);
  auto end = read_list(out.body);
  if (end == ListEnd::Else && context == "if" && is_keyword("if")) {
    // `{{else if}}` has no `{{end}}` of its own.
    auto const& keyword = take();
    out.otherwise.push_back(read_keyword(keyword));
    end = ListEnd::End;
  } else if (end == ListEnd::Else) {
    end = read_list(out.otherwise);
  }
  if (end == ListEnd::Else) {
    fail("expected end; found {{else}}");
  } else if (end == ListEnd::Template) {
    fail("unexpected EOF");
  }
  variables_.resize(outer);
}

Result<std::vector<Statement>> parse(std::string_view text, KnowsFunction const& knows_function) {
  return Parser(text, knows_function).run();
}

}  // namespace swarmward::model::templates
