// Calls of functions: the other half of the evaluator.
#include <algorithm>

#include "model/template/run/evaluator.h"

namespace swarmward::model::templates {

TemplateFunction const* Evaluator::find_extra(std::string_view name) const {
  auto const found = std::ranges::find(functions_, name, &TemplateFunction::name);
  return found == functions_.end() ? nullptr : &*found;
}

bool Evaluator::check_count(Function const& function, std::size_t written, std::size_t given) {
  bool const enough = given >= function.fixed;
  if (enough && (function.more || given == function.fixed)) {
    return true;
  }
  // Go leaves a piped argument out of the count of a function that takes any number.
  fail("wrong number of args for " + std::string(function.name) + ": want " +
       (function.more ? "at least " : "") + std::to_string(function.fixed) + " got " +
       std::to_string(function.more ? written : given));
  return false;
}

Value Evaluator::run_function(
    Operand const& operand, Place place, Value const& dot, Words arguments, Piped const& piped) {
  place_ = &operand;
  auto const* extra = find_extra(operand.text);
  Function const of_text{operand.text, 1, Parameter::Text, {}, nullptr};
  auto const* function = extra != nullptr ? &of_text : find_function(operand.text);
  if (function == nullptr) {
    fail("function " + operand.text + " not defined");
    return {};
  }
  if (!check_count(*function, arguments.size(), arguments.size() + (piped ? 1 : 0))) {
    return {};
  }
  if (function->call == nullptr && extra == nullptr) {
    return run_logic(operand.text == "or", dot, arguments, piped);
  }
  std::vector<Value> values;
  auto const parameter = [&] {
    return values.empty() ? function->first : function->more.value_or(function->first);
  };
  for (auto const& argument : arguments) {
    values.push_back(run_argument(argument, dot, parameter()));
    if (error_) {
      return {};
    }
  }
  if (piped) {
    if (parameter() == Parameter::Text && !check_text(*piped)) {
      return {};
    }
    values.push_back(*piped);
  }
  if (extra == nullptr) {
    return finish_call(function->call(values), function->name, place);
  }
  auto text = extra->call(*values.front().as<std::string>());
  return finish_call(text ? Result<Value>(Value{std::move(*text)}) : Result<Value>(text.error()),
                     extra->name,
                     place);
}

Value Evaluator::finish_call(Result<Value> result, std::string_view name, Place place) {
  if (!result) {
    place_ = place;
    fail("error calling " + std::string(name) + ": " + result.error().message);
    return {};
  }
  if (auto const* text = result->as<std::string>()) {
    charge(text->size());
  }
  return std::move(*result);
}

Value Evaluator::run_logic(bool is_or, Value const& dot, Words arguments, Piped const& piped) {
  Value value;
  for (auto const& argument : arguments) {
    value = run_argument(argument, dot, Parameter::Any);
    if (error_ || is_true(value) == is_or) {
      return value;
    }
  }
  return piped ? *piped : value;
}

Value Evaluator::run_argument(Operand const& operand, Value const& dot, Parameter parameter) {
  place_ = &operand;
  charge(0);
  if (parameter == Parameter::Any) {
    return run_operand(operand, dot);
  }
  if (operand.kind == Operand::Kind::Nil) {
    fail("cannot assign nil to string");
    return {};
  }
  auto value = run_operand(operand, dot);
  bool const constant = operand.kind == Operand::Kind::Constant;
  if (constant && value.as<std::string>() == nullptr) {
    fail("expected string; found " + operand.text);
    return {};
  }
  if (error_ || !check_text(value)) {
    return {};
  }
  return value;
}

bool Evaluator::check_text(Value const& value) {
  if (value.as<std::string>() != nullptr) {
    return true;
  }
  fail(value.is_nil()
           ? "invalid value; expected string"
           : "wrong type for value; expected string; got " + std::string(type_name(value)));
  return false;
}

}  // namespace swarmward::model::templates
