#include "model/template/syntax/tree.h"

namespace swarmward::model::templates {

namespace {

std::string join_fields(std::vector<std::string> const& names) {
  std::string out;
  for (auto const& name : names) {
    out += "." + name;
  }
  return out;
}

}  // namespace

std::string describe(Operand const& operand) {
  switch (operand.kind) {
    case Operand::Kind::Dot:
      return ".";
    case Operand::Kind::Nil:
      return "nil";
    case Operand::Kind::Constant:
    case Operand::Kind::Function:
      return operand.text;
    case Operand::Kind::Field:
      return join_fields(operand.names);
    case Operand::Kind::Variable: {
      auto const shown = join_fields(operand.names);
      return shown.substr(1);
    }
    case Operand::Kind::Chain:
      return describe(*operand.base) + join_fields(operand.names);
    case Operand::Kind::Parenthesis:
      return "(" + describe(*operand.pipeline) + ")";
  }
  return {};
}

std::string describe(Command const& command) {
  std::string out;
  for (auto const& word : command.words) {
    out += (out.empty() ? "" : " ") + describe(word);
  }
  return out;
}

std::string describe(Pipeline const& pipeline) {
  std::string out;
  for (auto const& name : pipeline.variables) {
    out += (out.empty() ? "" : ", ") + name;
  }
  if (!out.empty()) {
    out += pipeline.assigns ? " = " : " := ";
  }
  for (auto const& command : pipeline.commands) {
    out += &command == &pipeline.commands.front() ? "" : " | ";
    out += describe(command);
  }
  return out;
}

}  // namespace swarmward::model::templates
