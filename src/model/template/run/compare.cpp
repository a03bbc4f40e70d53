// eq, ne, lt, le, gt and ge, as Go's templates compare.
#include "model/template/run/format.h"
#include "model/template/run/functions.h"

namespace swarmward::model::templates {

namespace {

constexpr char const* kIncompatible = "incompatible types for comparison";
constexpr char const* kInvalid = "invalid type for comparison";

bool is_composite(Value const& value) {
  return value.map() != nullptr || value.record() != nullptr;
}

Result<bool> is_equal(Value const& left, Value const& right) {
  if (left.data.index() != right.data.index()) {
    if (left.is_nil() || right.is_nil()) {
      return false;
    }
    return invalid_argument(kIncompatible);
  }
  if (left.map() != nullptr && (left.map()->empty() || right.map()->empty())) {
    return left.map()->empty() == right.map()->empty();  // Go has no map then, and compares that.
  }
  if (is_composite(left)) {
    auto const type = std::string(type_name(left));
    return invalid_argument("non-comparable type " + format_value(left) + ": " + type);
  }
  return left.data == right.data;
}

Result<bool> is_less(Value const& left, Value const& right) {
  auto const unordered = [](Value const& value) { return value.is_nil() || is_composite(value); };
  if (unordered(left) || unordered(right)) {
    return invalid_argument(kInvalid);
  }
  if (left.data.index() != right.data.index()) {
    return invalid_argument(kIncompatible);
  }
  if (left.as<bool>() != nullptr) {
    return invalid_argument(kInvalid);
  }
  return left.data < right.data;
}

Result<Value> as_value(Result<bool> const& truth, bool negated = false) {
  if (!truth) {
    return truth.error();
  }
  return Value{*truth != negated};
}

}  // namespace

Result<Value> equal(std::span<Value const> arguments) {
  if (arguments.size() < 2) {
    return invalid_argument("missing argument for comparison");
  }
  for (auto const& other : arguments.subspan(1)) {
    auto const same = is_equal(arguments[0], other);
    if (!same || *same) {
      return as_value(same);
    }
  }
  return Value{false};
}

Result<Value> not_equal(std::span<Value const> arguments) {
  return as_value(is_equal(arguments[0], arguments[1]), true);
}

Result<Value> less(std::span<Value const> arguments) {
  return as_value(is_less(arguments[0], arguments[1]));
}

Result<Value> less_or_equal(std::span<Value const> arguments) {
  return as_value(is_less(arguments[1], arguments[0]), true);
}

Result<Value> greater(std::span<Value const> arguments) {
  return as_value(is_less(arguments[1], arguments[0]));
}

Result<Value> greater_or_equal(std::span<Value const> arguments) {
  return as_value(is_less(arguments[0], arguments[1]), true);
}

}  // namespace swarmward::model::templates
