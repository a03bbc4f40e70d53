#include "app/engine_id.h"

#include <nlohmann/json.hpp>

#include "wire/body.h"

namespace swarmward::app {

std::string engine_id(std::string const& info) {
  auto const document = wire::parse_body(info);
  std::string id;
  for (auto const* key : {"ID", "Name"}) {
    bool const there = document && document->is_object() && document->contains(key) &&
                       (*document)[key].is_string();
    if (!there) {
      return {};
    }
    id += (*document)[key].get<std::string>() + " ";
  }
  return id;
}

}  // namespace swarmward::app
