// index, slice and len.
#include "model/template/run/functions.h"

namespace swarmward::model::templates {

namespace {

Result<std::size_t> position(Value const& value, std::size_t largest) {
  if (value.is_nil()) {
    return invalid_argument("cannot index slice/array with nil");
  }
  auto const* number = value.as<std::int64_t>();
  if (number == nullptr) {
    return invalid_argument("cannot index slice/array with type " + std::string(type_name(value)));
  }
  if (*number < 0 || static_cast<std::uint64_t>(*number) > largest) {
    return invalid_argument("index out of range: " + std::to_string(*number));
  }
  return static_cast<std::size_t>(*number);
}

Result<Value> entry(StringMap const& map, Value const& key) {
  auto const* name = key.as<std::string>();
  if (name == nullptr) {
    return invalid_argument(key.is_nil() ? "value is nil; should be of type string"
                                         : "value has type " + std::string(type_name(key)) +
                                               "; should be string");
  }
  auto const found = map.find(*name);
  return Value{found == map.end() ? std::string() : found->second};
}

Result<Value> item(Value const& from, Value const& key) {
  if (auto const* map = from.map()) {
    return entry(*map, key);
  }
  auto const* text = from.as<std::string>();
  if (text == nullptr) {
    return invalid_argument("can't index item of type " + std::string(type_name(from)));
  }
  auto const at = position(key, text->size());
  if (!at) {
    return at.error();
  }
  if (*at == text->size()) {
    return invalid_argument("index out of range: " + std::to_string(*at));
  }
  return Value{std::int64_t{static_cast<unsigned char>((*text)[*at])}};
}

}  // namespace

Result<Value> index(std::span<Value const> arguments) {
  Value from = arguments[0];
  if (from.is_nil()) {
    return invalid_argument("index of untyped nil");
  }
  for (auto const& key : arguments.subspan(1)) {
    auto found = item(from, key);
    if (!found) {
      return found;
    }
    from = std::move(*found);
  }
  return from;
}

Result<Value> slice(std::span<Value const> arguments) {
  auto const& from = arguments[0];
  if (from.is_nil()) {
    return invalid_argument("slice of untyped nil");
  }
  if (arguments.size() > 4) {
    return invalid_argument("too many slice indexes: " + std::to_string(arguments.size() - 1));
  }
  auto const* text = from.as<std::string>();
  if (text == nullptr) {
    return invalid_argument("can't slice item of type " + std::string(type_name(from)));
  }
  if (arguments.size() == 4) {
    return invalid_argument("cannot 3-index slice a string");
  }
  std::size_t bounds[2] = {0, text->size()};
  for (std::size_t at = 1; at < arguments.size(); ++at) {
    auto const bound = position(arguments[at], text->size());
    if (!bound) {
      return bound.error();
    }
    bounds[at - 1] = *bound;
  }
  if (bounds[0] > bounds[1]) {
    return invalid_argument("invalid slice index: " + std::to_string(bounds[0]) + " > " +
                            std::to_string(bounds[1]));
  }
  return Value{text->substr(bounds[0], bounds[1] - bounds[0])};
}

Result<Value> length(std::span<Value const> arguments) {
  auto const& of = arguments[0];
  if (auto const* text = of.as<std::string>()) {
    return Value{static_cast<std::int64_t>(text->size())};
  }
  if (auto const* map = of.map()) {
    return Value{static_cast<std::int64_t>(map->size())};
  }
  if (of.is_nil()) {
    return invalid_argument("reflect: call of reflect.Value.Type on zero Value");
  }
  return invalid_argument("len of type " + std::string(type_name(of)));
}

}  // namespace swarmward::model::templates
