#include "app/networks/attach_messages.h"

#include "app/member/member_documents.h"

namespace swarmward::app {

namespace {

/// A container is in a handful of networks; more is an attack.
constexpr std::size_t kMostNetworks = 256;

}  // namespace

std::vector<std::string> texts_from(nlohmann::json const& document) {
  std::vector<std::string> texts;
  for (auto const& text : document.is_array() ? document : nlohmann::json::array()) {
    if (text.is_string()) {
      texts.push_back(text.get<std::string>());
    }
  }
  return texts;
}

nlohmann::json to_json(std::vector<api::AttachWish> const& wishes) {
  auto list = nlohmann::json::array();
  for (auto const& wish : wishes) {
    list.push_back(
        {{"Network", wish.network}, {"Address", wish.address}, {"Aliases", wish.aliases}});
  }
  return list;
}

Result<std::vector<api::AttachWish>> wishes_from(nlohmann::json const& document) {
  if (!document.is_array() || document.size() > kMostNetworks) {
    return invalid_argument("no list of networks");
  }
  std::vector<api::AttachWish> wishes;
  for (auto const& each : document) {
    if (!each.is_object() || text_of(each, "Network").empty()) {
      return invalid_argument("a network without a name");
    }
    auto const aliases = each.find("Aliases");
    wishes.push_back({text_of(each, "Network"),
                      text_of(each, "Address"),
                      aliases == each.end() ? std::vector<std::string>() : texts_from(*aliases)});
  }
  return wishes;
}

nlohmann::json to_json(api::AttachControl::Places const& places) {
  auto list = nlohmann::json::array();
  for (auto const& place : places) {
    auto& element = list.emplace_back();
    if (place) {
      element = {{"Attachment", place->id},
                 {"Network", place->network},
                 {"Name", place->name},
                 {"Address", place->address},
                 {"NodeAddress", place->node_address},
                 {"Resolvers", place->resolvers}};
    }
  }
  return list;
}

Result<api::AttachControl::Places> places_from(nlohmann::json const& document, std::size_t count) {
  if (!document.is_array() || document.size() != count) {
    return invalid_argument("the manager's answer is no list of places");
  }
  api::AttachControl::Places places;
  for (auto const& each : document) {
    auto& place = places.emplace_back();
    if (each.is_null()) {
      continue;
    }
    if (!each.is_object()) {
      return invalid_argument("the manager's answer has no place");
    }
    place = api::Attachment{text_of(each, "Attachment"),
                            text_of(each, "Network"),
                            text_of(each, "Name"),
                            text_of(each, "Address"),
                            text_of(each, "NodeAddress"),
                            texts_from(each.value("Resolvers", nlohmann::json::array()))};
  }
  return places;
}

}  // namespace swarmward::app
