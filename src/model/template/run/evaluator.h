#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "model/template/run/functions.h"
#include "model/template/syntax/tree.h"
#include "model/template/template.h"

namespace swarmward::model::templates {

/// Evaluates pipelines. The first error is kept and later values mean nothing: callers look at
/// error() before they use one.
class Evaluator {
 public:
  Evaluator(std::string_view text, Record const& root, std::span<TemplateFunction const> functions);

  /// The value of a pipeline; its variables are set.
  Value run(Pipeline const& pipeline, Value const& dot);

  [[nodiscard]] std::size_t open_scope() const { return variables_.size(); }
  void close_scope(std::size_t scope) { variables_.resize(scope); }
  /// The innermost variable of that name.
  void set(std::string const& name, Value value);

  /// Counts work against the limit of one template.
  void charge(std::size_t bytes);
  /// At the place that was evaluated last.
  void fail(std::string const& message);
  [[nodiscard]] std::optional<std::string> const& error() const { return error_; }

 private:
  using Place = std::variant<Operand const*, Command const*, Pipeline const*>;
  /// What came through the pipe; nothing in its first stage.
  using Piped = std::optional<Value>;
  /// What follows a word in its command.
  using Words = std::span<Operand const>;

  Value run_command(Command const& command, Value const& dot, Piped const& piped);
  Value run_operand(Operand const& operand, Value const& dot);
  Value run_variable(Operand const& operand, Words arguments, Piped const& piped);
  Value run_chain(Operand const& operand, Value const& dot, Words arguments, Piped const& piped);
  Value run_fields(Value from,
                   std::span<std::string const> names,
                   Words arguments,
                   Piped const& piped);
  Value run_field(Value const& from, std::string const& name, bool has_arguments);
  Value run_function(
      Operand const& operand, Place place, Value const& dot, Words arguments, Piped const& piped);
  Value run_logic(bool is_or, Value const& dot, Words arguments, Piped const& piped);
  bool check_count(Function const& function, std::size_t written, std::size_t given);
  Value run_argument(Operand const& operand, Value const& dot, Parameter parameter);
  bool check_text(Value const& value);
  bool refuse_arguments(Operand const& word, Words arguments, Piped const& piped);
  Value finish_call(Result<Value> result, std::string_view name, Place place);
  TemplateFunction const* find_extra(std::string_view name) const;

  std::string_view text_;
  std::span<TemplateFunction const> functions_;
  std::vector<std::pair<std::string, Value>> variables_;
  Place place_;
  std::size_t work_ = 0;
  std::optional<std::string> error_;
};

}  // namespace swarmward::model::templates
