#include "model/template/run/functions.h"

#include <algorithm>
#include <array>

namespace swarmward::model::templates {

namespace {

Result<Value> negate(std::span<Value const> arguments) {
  return Value{!is_true(arguments[0])};
}

Result<Value> call(std::span<Value const> arguments) {
  return invalid_argument("non-function of type " + std::string(type_name(arguments[0])));
}

constexpr auto kText = Parameter::Text;
constexpr auto kAny = Parameter::Any;

constexpr std::array kFunctions{
    Function{"and", 1, kAny, kAny, nullptr},
    Function{"or", 1, kAny, kAny, nullptr},
    Function{"not", 1, kAny, {}, &negate},
    Function{"eq", 1, kAny, kAny, &equal},
    Function{"ne", 2, kAny, {}, &not_equal},
    Function{"lt", 2, kAny, {}, &less},
    Function{"le", 2, kAny, {}, &less_or_equal},
    Function{"gt", 2, kAny, {}, &greater},
    Function{"ge", 2, kAny, {}, &greater_or_equal},
    Function{"index", 1, kAny, kAny, &index},
    Function{"slice", 1, kAny, kAny, &slice},
    Function{"len", 1, kAny, {}, &length},
    Function{"print", 0, kAny, kAny, &print},
    Function{"println", 0, kAny, kAny, &print_line},
    Function{"printf", 1, kText, kAny, &print_formatted},
    Function{"join", 0, kText, kText, &join},
    Function{"html", 0, kAny, kAny, &escape_html},
    Function{"js", 0, kAny, kAny, &escape_js},
    Function{"urlquery", 0, kAny, kAny, &escape_query},
    Function{"call", 1, kAny, kAny, &call},
};

}  // namespace

Function const* find_function(std::string_view name) {
  auto const* const found = std::ranges::find(kFunctions, name, &Function::name);
  return found == kFunctions.end() ? nullptr : found;
}

}  // namespace swarmward::model::templates
