#include "api/cluster/project_network.h"

#include "api/passthrough/body_parts.h"

namespace swarmward::api {

std::string project_network(std::string text) {
  auto body = parse_object(text);
  auto const driver = text_of_part(body, "Driver");
  auto const& config_only = part_of(body, "ConfigOnly");
  auto const from = text_of_part(part_of(body, "ConfigFrom"), "Network");
  bool const bridge = driver.empty() || driver == "bridge" || driver == "default";
  bool const config = (config_only.is_boolean() && config_only.get<bool>()) || !from.empty();
  if (!body.is_object() || !bridge || config || text_of_part(body, "Scope") == "local") {
    return text;
  }
  body[key_in(body, "Driver")] = "overlay";
  body[key_in(body, "Attachable")] = true;
  auto const& given = part_of(body, "Options");
  auto options = OrderedJson::object();
  for (auto const& [key, value] : given.items()) {
    // Those of bridges mean nothing to an overlay.
    if (!key.starts_with("com.docker.network.bridge.")) {
      options[key] = value;
    }
  }
  body[key_in(body, "Options")] = std::move(options);
  return json_text(body);
}

}  // namespace swarmward::api
