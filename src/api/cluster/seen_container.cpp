#include "api/cluster/seen_container.h"

#include <algorithm>

#include "api/cluster/container_wish.h"

namespace swarmward::api {

std::vector<SeenContainer> seen_containers(model::NodeId const& node, std::string const& list) {
  std::vector<SeenContainer> containers;
  auto const document = OrderedJson::parse(list, nullptr, false);
  for (auto const& each : document.is_array() ? document : OrderedJson::array()) {
    SeenContainer seen;
    seen.node = node;
    seen.id = text_of_part(each, "Id");
    auto const& labels = part_of(each, "Labels");
    seen.project = text_of_part(labels, kProjectLabel);
    seen.service = text_of_part(labels, kServiceLabel);
    auto const& names = part_of(each, "Names");
    for (auto const& name : names.is_array() ? names : OrderedJson::array()) {
      auto text = name.is_string() ? name.get<std::string>() : std::string();
      // Names with a second slash are those of links.
      if (text.rfind('/') == 0) {
        seen.names.push_back(text.substr(1));
      }
    }
    if (!seen.id.empty()) {
      containers.push_back(std::move(seen));
    }
  }
  return containers;
}

SeenContainer const* find_named(std::vector<SeenContainer> const& containers,
                                std::string const& name) {
  auto const found = std::ranges::find_if(containers, [&](SeenContainer const& each) {
    return std::ranges::find(each.names, name) != each.names.end();
  });
  return found == containers.end() ? nullptr : &*found;
}

}  // namespace swarmward::api
