#include "wire/codec/writer.h"

#include <cmath>

#include <nlohmann/json.hpp>

namespace swarmward::wire {

using nlohmann::json;

Writer::Writer(json& target) : target_(target) {
  target_ = json::object();
}

void Writer::bytes(std::string_view key, std::string const& field) {
  omit(key, base64_encode(field));
}

json& Writer::member(std::string_view key) {
  return target_[std::string(key)];
}

json& Writer::element(json& array) {
  return array.emplace_back();
}

void Writer::make_array(json& target) {
  target = json::array();
}

void Writer::write(json& target, std::string_view field) const {
  target = field;
}
void Writer::write(json& target, std::string const& field) const {
  target = field;
}
void Writer::write(json& target, bool field) const {
  target = field;
}
void Writer::write(json& target, std::int64_t field) const {
  target = field;
}
void Writer::write(json& target, std::uint64_t field) const {
  target = field;
}
void Writer::write(json& target, std::uint32_t field) const {
  target = field;
}
void Writer::write(json& target, Duration field) const {
  target = field.count();
}

void Writer::write(json& target, double field) const {
  // Go writes a whole number without a fraction.
  constexpr double kExact = 1e15;
  if (std::abs(field) < kExact && std::trunc(field) == field) {
    target = static_cast<std::int64_t>(field);
    return;
  }
  target = field;
}

void Writer::write(json& target, Time field) const {
  target = format_time(field);
}

void Writer::write(json& target, model::StringMap const& field) const {
  target = json::object();
  for (auto const& [key, value] : field) {
    target[key] = value;
  }
}

}  // namespace swarmward::wire
