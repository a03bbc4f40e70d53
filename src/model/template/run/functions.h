#pragma once

#include <optional>
#include <span>
#include <string_view>

#include "base/result.h"
#include "model/template/run/value.h"

namespace swarmward::model::templates {

enum class Parameter { Text, Any };

/// A built-in function of Go's templates, or swarm mode's `join`.
struct Function {
  std::string_view name;
  std::size_t fixed = 0;  ///< How many arguments must be there.
  Parameter first = Parameter::Any;
  std::optional<Parameter> more;  ///< What may follow; nothing if absent.
  /// Errors: InvalidArgument in Go's words, without place.
  Result<Value> (*call)(std::span<Value const> arguments) = nullptr;
};

/// Null if there is none. `and` and `or` are here too, but the executor evaluates them itself, for
/// they leave out what does not matter any more.
[[nodiscard]] Function const* find_function(std::string_view name);

// Parts of the table.
[[nodiscard]] Result<Value> equal(std::span<Value const> arguments);
[[nodiscard]] Result<Value> not_equal(std::span<Value const> arguments);
[[nodiscard]] Result<Value> less(std::span<Value const> arguments);
[[nodiscard]] Result<Value> less_or_equal(std::span<Value const> arguments);
[[nodiscard]] Result<Value> greater(std::span<Value const> arguments);
[[nodiscard]] Result<Value> greater_or_equal(std::span<Value const> arguments);
[[nodiscard]] Result<Value> index(std::span<Value const> arguments);
[[nodiscard]] Result<Value> slice(std::span<Value const> arguments);
[[nodiscard]] Result<Value> length(std::span<Value const> arguments);
[[nodiscard]] Result<Value> print(std::span<Value const> arguments);
[[nodiscard]] Result<Value> print_line(std::span<Value const> arguments);
[[nodiscard]] Result<Value> print_formatted(std::span<Value const> arguments);
[[nodiscard]] Result<Value> join(std::span<Value const> arguments);
[[nodiscard]] Result<Value> escape_html(std::span<Value const> arguments);
[[nodiscard]] Result<Value> escape_js(std::span<Value const> arguments);
[[nodiscard]] Result<Value> escape_query(std::span<Value const> arguments);

}  // namespace swarmward::model::templates
