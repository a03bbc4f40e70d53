#include "cli/verbs/format.h"

#include <ostream>

#include "wire/body.h"

namespace swarmward::cli {

Result<Format> asked_format(Values const& values) {
  if (values.on("json")) {
    return Format::Json;
  }
  auto const asked = values.text("format");
  if (asked == "json") {
    return Format::Json;
  }
  if (asked.empty() || asked == "table") {
    return Format::Table;
  }
  return invalid_argument("unknown format \"" + asked + "\": use \"table\" or \"json\"");
}

void print_json(Session& session, nlohmann::json const& document) {
  session.out << wire::dump_json(document) << "\n";
}

std::string text_at(nlohmann::json const& object, char const* key) {
  auto const found = object.is_object() ? object.find(key) : object.end();
  return found != object.end() && found->is_string() ? found->get<std::string>() : std::string{};
}

nlohmann::json const& list_at(nlohmann::json const& object, char const* key) {
  static nlohmann::json const kNone = nlohmann::json::array();
  auto const found = object.is_object() ? object.find(key) : object.end();
  return found != object.end() && found->is_array() ? *found : kNone;
}

std::int64_t number_at(nlohmann::json const& object, char const* key) {
  auto const found = object.is_object() ? object.find(key) : object.end();
  return found != object.end() && found->is_number_integer() ? found->get<std::int64_t>() : 0;
}

}  // namespace swarmward::cli
