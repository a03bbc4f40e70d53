#include "api/passthrough/attached_body.h"

#include <algorithm>
#include <array>

#include "model/resolver_options.h"

namespace swarmward::api {

namespace {

constexpr char const* kAttachmentOption = "ward.attachment";

/// Every engine has these by itself, or they are no networks at all.
bool is_own_mode(std::string const& mode) {
  constexpr std::array<std::string_view, 6> kOwn{"", "default", "bridge", "host", "none", "nat"};
  return std::ranges::find(kOwn, mode) != kOwn.end() || mode.starts_with("container:");
}

AttachWish wish_of(std::string network, OrderedJson const& endpoint) {
  AttachWish wish;
  wish.network = std::move(network);
  wish.address = text_of_part(part_of(endpoint, "IPAMConfig"), "IPv4Address");
  auto const& aliases = part_of(endpoint, "Aliases");
  for (auto const& alias : aliases.is_array() ? aliases : OrderedJson::array()) {
    if (alias.is_string()) {
      wish.aliases.push_back(alias.get<std::string>());
    }
  }
  return wish;
}

/// The engine itself gives address and names there.
bool is_node_local(Attachment const& place) {
  return place.address.empty();
}

OrderedJson endpoint_at(OrderedJson endpoint, Attachment const& place) {
  if (!endpoint.is_object()) {
    endpoint = OrderedJson::object();
  }
  if (!is_node_local(place)) {
    endpoint.erase(key_in(endpoint, "IPAMConfig"));
    endpoint.erase(key_in(endpoint, "Aliases"));
    auto& options = object_in(endpoint, "DriverOpts");
    options["ward.ip"] = place.address;
    options["ward.network"] = place.network;
  }
  object_in(endpoint, "DriverOpts")[kAttachmentOption] = place.id;
  return endpoint;
}

/// Then the servers that the user named, or those of the host, which the engine would have asked.
void ask_for_names_at(OrderedJson& host, Attachment const& place) {
  auto& servers = host[key_in(host, "Dns")];
  auto all = OrderedJson::array({place.node_address});
  bool const named = servers.is_array() && !servers.empty();
  for (auto const& other : named ? servers : OrderedJson(place.resolvers)) {
    all.push_back(other);
  }
  servers = std::move(all);
  std::vector<std::string> words;
  auto& options = host[key_in(host, "DnsOptions")];
  for (auto const& option : options.is_array() ? options : OrderedJson::array()) {
    if (option.is_string()) {
      words.push_back(option.get<std::string>());
    }
  }
  options = model::resolver_options(std::move(words));
}

/// Leaves the network of NetworkMode, else the first one, and returns the others.
std::vector<LaterConnect> split(OrderedJson& endpoints, std::string const& mode) {
  std::vector<LaterConnect> later;
  if (endpoints.size() < 2) {
    return later;
  }
  auto const kept = endpoints.contains(mode) ? mode : endpoints.begin().key();
  for (auto const& [network, endpoint] : endpoints.items()) {
    if (network != kept) {
      later.push_back({network, endpoint});
    }
  }
  auto left = OrderedJson::object();
  left[kept] = endpoints[kept];
  endpoints = std::move(left);
  return later;
}

}  // namespace

std::vector<AttachWish> wishes_of_create(OrderedJson const& body) {
  std::vector<AttachWish> wishes;
  auto const mode = text_of_part(part_of(body, "HostConfig"), "NetworkMode");
  auto const& endpoints = part_of(part_of(body, "NetworkingConfig"), "EndpointsConfig");
  if (!is_own_mode(mode)) {
    auto const named = endpoints.is_object() ? endpoints.find(mode) : endpoints.end();
    wishes.push_back(wish_of(mode, named == endpoints.end() ? OrderedJson() : *named));
  }
  for (auto const& [network, endpoint] : endpoints.items()) {
    if (endpoints.is_object() && network != mode && !is_own_mode(network)) {
      wishes.push_back(wish_of(network, endpoint));
    }
  }
  return wishes;
}

AttachWish wish_of_connect(std::string network, OrderedJson const& body) {
  return wish_of(std::move(network), part_of(body, "EndpointConfig"));
}

AttachedCreate attached_create(OrderedJson body,
                               std::vector<GivenPlace> const& given,
                               Endpoints how_many) {
  AttachedCreate create;
  object_in(body, "NetworkingConfig");  // Before the others: a new key may move them.
  auto& host = object_in(body, "HostConfig");
  auto const mode_key = key_in(host, "NetworkMode");
  auto mode = text_of_part(host, "NetworkMode");
  auto& endpoints = object_in(object_in(body, "NetworkingConfig"), "EndpointsConfig");
  auto renamed = OrderedJson::object();
  for (auto const& [network, endpoint] : endpoints.items()) {
    auto const found =
        std::ranges::find(given, network, [](GivenPlace const& each) { return each.wish.network; });
    if (found == given.end()) {
      renamed[network] = endpoint;
    } else {
      renamed[found->place.name] = endpoint_at(endpoint, found->place);
    }
  }
  for (auto const& [wish, place] : given) {
    if (!renamed.contains(place.name)) {
      renamed[place.name] = endpoint_at({}, place);
    }
    mode = mode == wish.network ? place.name : mode;
  }
  endpoints = std::move(renamed);
  if (!mode.empty()) {
    host[mode_key] = mode;
  }
  auto const overlay =
      std::ranges::find(given, false, [](auto const& each) { return is_node_local(each.place); });
  if (overlay != given.end()) {
    ask_for_names_at(host, overlay->place);
  }
  if (how_many == Endpoints::One) {
    create.later = split(endpoints, mode);
  }
  create.body = std::move(body);
  return create;
}

OrderedJson attached_connect(OrderedJson body, Attachment const& place) {
  auto const key = key_in(body, "EndpointConfig");
  body[key] = endpoint_at(part_of(body, key), place);
  return body;
}

std::optional<EngineContainer> engine_container(std::string const& text) {
  auto const document = OrderedJson::parse(text, nullptr, false);
  EngineContainer container;
  container.id = text_of_part(document, "Id");
  if (container.id.empty()) {
    return std::nullopt;
  }
  auto const name = text_of_part(document, "Name");
  container.name = name.starts_with('/') ? name.substr(1) : name;
  auto const& running = part_of(part_of(document, "State"), "Running");
  container.running = running.is_boolean() && running.get<bool>();
  auto const& networks = part_of(part_of(document, "NetworkSettings"), "Networks");
  for (auto const& [network, endpoint] : networks.items()) {
    container.networks.insert(network);
    if (auto id = text_of_part(part_of(endpoint, "DriverOpts"), kAttachmentOption); !id.empty()) {
      container.attachments.emplace(network, std::move(id));
    }
  }
  return container;
}

}  // namespace swarmward::api
