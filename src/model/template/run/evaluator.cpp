#include "model/template/run/evaluator.h"

#include <algorithm>

#include "model/template/run/format.h"

namespace swarmward::model::templates {

namespace {

/// Bytes of all values and of the output of one template, and so many for each step, which keeps
/// the worst template below a tenth of a second. A config holds 1 MB.
constexpr std::size_t kMaxWork = std::size_t{16} << 20U;
constexpr std::size_t kStep = 64;

}  // namespace

Evaluator::Evaluator(std::string_view text,
                     Record const& root,
                     std::span<TemplateFunction const> functions)
    : text_(text), functions_(functions), variables_{{"$", Value{&root}}} {}

void Evaluator::charge(std::size_t bytes) {
  work_ += bytes + kStep;
  if (work_ > kMaxWork) {
    fail("the template makes too much text");
  }
}

void Evaluator::fail(std::string const& message) {
  if (error_) {
    return;
  }
  auto const at = std::visit([](auto const* node) { return node->at; }, place_);
  auto const shown = std::visit([](auto const* node) { return describe(*node); }, place_);
  auto const before = text_.substr(0, at);
  auto const line_start = before.rfind('\n') + 1;  // 0 when there is none.
  auto const line = 1 + std::ranges::count(before, '\n');
  error_ = "template: expansion:" + std::to_string(line) + ":" + std::to_string(at - line_start) +
           ": executing \"expansion\" at <" + shown + ">: " + message;
}

void Evaluator::set(std::string const& name, Value value) {
  auto const found = std::find_if(variables_.rbegin(), variables_.rend(), [&](auto const& entry) {
    return entry.first == name;
  });
  if (found == variables_.rend()) {
    fail("undefined variable: " + name);
    return;
  }
  found->second = std::move(value);
}

Value Evaluator::run(Pipeline const& pipeline, Value const& dot) {
  place_ = &pipeline;
  Piped value;
  for (auto const& command : pipeline.commands) {
    value = run_command(command, dot, value);
    if (error_) {
      return {};
    }
  }
  for (auto const& name : pipeline.variables) {
    if (pipeline.assigns) {
      set(name, *value);
    } else {
      variables_.emplace_back(name, *value);
    }
  }
  return value ? std::move(*value) : Value{};
}

Value Evaluator::run_command(Command const& command, Value const& dot, Piped const& piped) {
  charge(0);
  auto const& word = command.words.front();
  auto const arguments = Words(command.words).subspan(1);
  switch (word.kind) {
    case Operand::Kind::Field:
      place_ = &word;
      return run_fields(dot, word.names, arguments, piped);
    case Operand::Kind::Chain:
      return run_chain(word, dot, arguments, piped);
    case Operand::Kind::Variable:
      return run_variable(word, arguments, piped);
    case Operand::Kind::Function:
      return run_function(word, &command, dot, arguments, piped);
    case Operand::Kind::Parenthesis:
    case Operand::Kind::Dot:
    case Operand::Kind::Nil:
    case Operand::Kind::Constant:
      break;
  }
  place_ = &word;
  if (refuse_arguments(word, arguments, piped)) {
    return {};
  }
  if (word.kind == Operand::Kind::Nil) {
    fail("nil is not a command");
    return {};
  }
  return run_operand(word, dot);
}

bool Evaluator::refuse_arguments(Operand const& word, Words arguments, Piped const& piped) {
  if (arguments.empty() && !piped) {
    return false;
  }
  fail("can't give argument to non-function " + describe(word));
  return true;
}

Value Evaluator::run_operand(Operand const& operand, Value const& dot) {
  place_ = &operand;
  switch (operand.kind) {
    case Operand::Kind::Dot:
      return dot;
    case Operand::Kind::Nil:
      return {};
    case Operand::Kind::Constant:
      return operand.constant;
    case Operand::Kind::Field:
      return run_fields(dot, operand.names, {}, {});
    case Operand::Kind::Variable:
      return run_variable(operand, {}, {});
    case Operand::Kind::Function:
      return run_function(operand, &operand, dot, {}, {});
    case Operand::Kind::Chain:
      return run_chain(operand, dot, {}, {});
    case Operand::Kind::Parenthesis: {
      auto const scope = open_scope();
      auto value = run(*operand.pipeline, dot);
      close_scope(scope);
      return value;
    }
  }
  return {};
}

Value Evaluator::run_variable(Operand const& operand, Words arguments, Piped const& piped) {
  place_ = &operand;
  auto const& name = operand.names.front();
  auto const found = std::ranges::find(
      variables_.rbegin(), variables_.rend(), name, [](auto const& entry) { return entry.first; });
  if (found == variables_.rend()) {
    fail("undefined variable: " + name);
    return {};
  }
  if (operand.names.size() > 1) {
    return run_fields(found->second, std::span(operand.names).subspan(1), arguments, piped);
  }
  if (refuse_arguments(operand, arguments, piped)) {
    return {};
  }
  if (auto const* held = found->second.as<std::string>()) {
    charge(held->size());
  }
  return found->second;
}

Value Evaluator::run_chain(Operand const& operand,
                           Value const& dot,
                           Words arguments,
                           Piped const& piped) {
  place_ = &operand;
  auto from = run_operand(*operand.base, dot);
  return error_ ? Value{} : run_fields(std::move(from), operand.names, arguments, piped);
}

Value Evaluator::run_fields(Value from,
                            std::span<std::string const> names,
                            Words arguments,
                            Piped const& piped) {
  for (auto const& name : names) {
    bool const last = &name == &names.back();
    from = run_field(from, name, last && (!arguments.empty() || piped));
    if (error_) {
      return {};
    }
  }
  return from;
}

Value Evaluator::run_field(Value const& from, std::string const& name, bool has_arguments) {
  if (from.is_nil()) {
    fail("nil data; no entry for key " + quote(name));
    return {};
  }
  if (auto const* record = from.record()) {
    auto const found = std::ranges::find(
        record->fields, std::string_view(name), [](auto const& field) { return field.first; });
    if (found != record->fields.end() && has_arguments) {
      fail(name + " has arguments but cannot be invoked as function");
      return {};
    }
    if (found != record->fields.end()) {
      auto const* held = found->second.as<std::string>();
      charge(held == nullptr ? 0 : held->size());
      return found->second;
    }
  }
  if (auto const* map = from.map()) {
    auto const found = map->find(name);
    if (has_arguments) {
      fail(name + " is not a method but has arguments");
      return {};
    }
    if (found == map->end()) {
      fail("map has no entry for key " + quote(name));
      return {};
    }
    charge(found->second.size());
    return {found->second};
  }
  fail("can't evaluate field " + name + " in type " + std::string(type_name(from)));
  return {};
}

}  // namespace swarmward::model::templates
