// Pipelines, commands and their words.
#include <algorithm>
#include <iterator>

#include "model/template/run/format.h"
#include "model/template/syntax/literals.h"
#include "model/template/syntax/parser_steps.h"

namespace swarmward::model::templates {

Pipeline Parser::read_pipeline(std::string_view context, TokenKind end) {
  Deeper const deeper(*this);
  Pipeline pipeline;
  pipeline.at = peek_word().at;
  read_variables(pipeline, context);
  while (!failed()) {
    auto const& token = peek_word();
    if (token.kind == end) {
      take();
      check(pipeline, context);
      break;
    }
    if (!starts_operand(token.kind)) {
      unexpected(token, context);
      break;
    }
    pipeline.commands.push_back(read_command());
  }
  return pipeline;
}

bool Parser::starts_operand(TokenKind kind) {
  switch (kind) {
    case TokenKind::Bool:
    case TokenKind::Character:
    case TokenKind::Dot:
    case TokenKind::Field:
    case TokenKind::Identifier:
    case TokenKind::Number:
    case TokenKind::Nil:
    case TokenKind::RawString:
    case TokenKind::String:
    case TokenKind::Variable:
    case TokenKind::LeftParen:
      return true;
    default:
      return false;
  }
}

void Parser::read_variables(Pipeline& pipeline, std::string_view context) {
  while (!failed() && peek_word().kind == TokenKind::Variable) {
    auto const before = next_;
    auto const name = take().text;
    auto const& sign = peek_word();
    bool const comma = sign.kind == TokenKind::Other && sign.text == ",";
    if (sign.kind != TokenKind::Assign && sign.kind != TokenKind::Declare && !comma) {
      next_ = before;
      return;
    }
    pipeline.assigns = sign.kind == TokenKind::Assign;
    take();
    pipeline.variables.push_back(name);
    variables_.push_back(name);
    if (!comma) {
      return;
    }
    if (context != "range" || pipeline.variables.size() > 1) {
      fail("too many declarations in " + std::string(context));
    } else if (peek_word().kind != TokenKind::Variable) {
      fail("range can only initialize variables");
    }
  }
}

void Parser::check(Pipeline const& pipeline, std::string_view context) {
  if (pipeline.commands.empty()) {
    fail("missing value for " + std::string(context));
  }
  for (std::size_t stage = 1; stage < pipeline.commands.size(); ++stage) {
    switch (pipeline.commands[stage].words.front().kind) {
      case Operand::Kind::Constant:
      case Operand::Kind::Dot:
      case Operand::Kind::Nil:
        fail("non executable command in pipeline stage " + std::to_string(stage + 1));
        break;
      default:
        break;
    }
  }
}

Command Parser::read_command() {
  Command command;
  command.at = peek_word().at;
  while (!failed()) {
    peek_word();
    if (auto word = read_operand()) {
      command.words.push_back(std::move(*word));
    }
    auto const& token = peek();
    if (token.kind == TokenKind::Space) {
      take();
      continue;
    }
    if (token.kind == TokenKind::Pipe) {
      take();
    } else if (token.kind != TokenKind::RightDelimiter && token.kind != TokenKind::RightParen) {
      unexpected(token, "operand");
    }
    break;
  }
  if (command.words.empty()) {
    fail("empty command");
    command.words.emplace_back();
  }
  return command;
}

std::optional<Operand> Parser::read_operand() {
  auto term = read_term();
  if (!term || peek().kind != TokenKind::Field) {
    return term;
  }
  auto const at = peek().at;
  std::vector<std::string> names;
  while (peek().kind == TokenKind::Field) {
    names.push_back(take().text.substr(1));
  }
  switch (term->kind) {
    case Operand::Kind::Field:
    case Operand::Kind::Variable:
      term->at = at;
      std::ranges::move(names, std::back_inserter(term->names));
      return term;
    case Operand::Kind::Constant:
    case Operand::Kind::Nil:
    case Operand::Kind::Dot:
      fail("unexpected . after term " + quote(describe(*term)));
      return term;
    default:
      break;
  }
  Operand chain;
  chain.kind = Operand::Kind::Chain;
  chain.at = at;
  chain.names = std::move(names);
  chain.base = std::make_unique<Operand>(std::move(*term));
  return chain;
}

std::optional<Operand> Parser::read_term() {
  auto const& token = peek_word();
  if (!starts_operand(token.kind)) {
    return std::nullopt;
  }
  take();
  Operand out;
  out.at = token.at;
  out.text = token.text;
  switch (token.kind) {
    case TokenKind::Identifier:
      out.kind = Operand::Kind::Function;
      if (!knows_function_(token.text)) {
        fail("function " + quote(token.text) + " not defined");
      }
      break;
    case TokenKind::Dot:
      out.kind = Operand::Kind::Dot;
      break;
    case TokenKind::Nil:
      out.kind = Operand::Kind::Nil;
      break;
    case TokenKind::Variable:
      out.kind = Operand::Kind::Variable;
      out.names = {token.text};
      if (token.text != "$" && std::ranges::find(variables_, token.text) == variables_.end()) {
        fail("undefined variable " + quote(token.text));
      }
      break;
    case TokenKind::Field:
      out.kind = Operand::Kind::Field;
      out.names = {token.text.substr(1)};
      break;
    case TokenKind::LeftParen:
      out.kind = Operand::Kind::Parenthesis;
      out.pipeline = std::make_unique<Pipeline>(
          read_pipeline("parenthesized pipeline", TokenKind::RightParen));
      break;
    default:
      out.kind = Operand::Kind::Constant;
      read_constant(token, out);
      break;
  }
  return out;
}

void Parser::read_constant(Token const& token, Operand& out) {
  Result<Value> value = Value{token.text == "true"};
  if (token.kind == TokenKind::Number) {
    value = read_number(token.text);
  } else if (token.kind == TokenKind::Character) {
    value = read_character(token.text);
  } else if (token.kind == TokenKind::String) {
    value = read_string(token.text);
  } else if (token.kind == TokenKind::RawString) {
    value = Value{token.text.substr(1, token.text.size() - 2)};
  }
  if (!value) {
    fail(value.error().message);
    return;
  }
  out.constant = std::move(*value);
}

}  // namespace swarmward::model::templates
