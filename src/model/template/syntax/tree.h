#pragma once

#include <memory>
#include <string>
#include <vector>

#include "model/template/run/value.h"

namespace swarmward::model::templates {

struct Pipeline;

/// One word of a command.
struct Operand {
  enum class Kind { Dot, Nil, Constant, Field, Variable, Function, Chain, Parenthesis };
  Kind kind = Kind::Dot;
  std::size_t at = 0;  ///< Offset in the template, as Go counts it for messages.
  std::string text;    ///< Of a constant as written; of a function its name.
  Value constant;
  /// Field and Chain: the names after the dots. Variable: its name with `$`, then fields.
  std::vector<std::string> names;
  std::unique_ptr<Operand> base;       ///< Of a Chain: what the fields are taken from.
  std::unique_ptr<Pipeline> pipeline;  ///< Of a Parenthesis.
};

/// A value, or a function and its arguments.
struct Command {
  std::size_t at = 0;
  std::vector<Operand> words;  ///< Never empty.
};

/// `$a, $b := command | command`.
struct Pipeline {
  std::size_t at = 0;
  std::vector<std::string> variables;
  bool assigns = false;  ///< `=`: the variables exist already.
  std::vector<Command> commands;
};

struct Statement {
  enum class Kind { Text, Action, If, With, Range, Break, Continue };
  Kind kind = Kind::Text;
  std::size_t at = 0;
  std::string text;
  Pipeline pipeline;
  std::vector<Statement> body;
  std::vector<Statement> otherwise;
};

/// As Go's messages show them.
[[nodiscard]] std::string describe(Operand const& operand);
[[nodiscard]] std::string describe(Command const& command);
[[nodiscard]] std::string describe(Pipeline const& pipeline);

}  // namespace swarmward::model::templates
