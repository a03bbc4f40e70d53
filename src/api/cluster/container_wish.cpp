#include "api/cluster/container_wish.h"

#include <algorithm>
#include <array>
#include <filesystem>
#include <memory>
#include <utility>

#include "api/passthrough/attached_body.h"
#include "api/routes/network_lookup.h"
#include "model/constraint.h"

namespace swarmward::api {

namespace {

OrderedJson const& list_in(OrderedJson const& object, std::string const& name) {
  static OrderedJson const kNone = OrderedJson::array();
  auto const& part = part_of(object, name);
  return part.is_array() ? part : kNone;
}

/// Every host has these, and means the same by them.
bool is_on_every_host(std::string const& path) {
  constexpr std::array<std::string_view, 8> kPaths{
      "/dev", "/etc/localtime", "/etc/timezone", "/proc", "/run", "/sys", "/var/run", "/"};
  return std::ranges::any_of(kPaths, [&](std::string_view known) {
    return path == known || (known != "/" && path.starts_with(std::string(known) + "/"));
  });
}

void note_source(std::string const& source, ContainerWish& wish) {
  if (!source.starts_with('/')) {
    wish.volumes.push_back(source);
  } else if (!is_on_every_host(std::filesystem::path(source).lexically_normal().string())) {
    wish.paths.push_back(source);
  }
}

void note_mounts(OrderedJson const& host, ContainerWish& wish) {
  for (auto const& bind : list_in(host, "Binds")) {
    auto const text = bind.is_string() ? bind.get<std::string>() : std::string();
    if (auto const colon = text.find(':'); colon != std::string::npos && colon > 0) {
      note_source(text.substr(0, colon), wish);
    }
  }
  for (auto const& mount : list_in(host, "Mounts")) {
    auto const type = text_of_part(mount, "Type");
    auto const source = text_of_part(mount, "Source");
    if ((type == "volume" || type == "bind") && !source.empty()) {
      note_source(source, wish);
    }
  }
}

/// "db:database" names db.
void note_first_parts(OrderedJson const& list, std::vector<std::string>& names) {
  for (auto const& item : list) {
    auto const text = item.is_string() ? item.get<std::string>() : std::string();
    names.push_back(text.substr(0, text.find(':')));
  }
}

void note_company(OrderedJson const& host, ContainerWish& wish) {
  constexpr std::string_view kContainer = "container:";
  for (auto const* mode : {"NetworkMode", "IpcMode", "PidMode"}) {
    if (auto const text = text_of_part(host, mode); text.starts_with(kContainer)) {
      wish.beside.push_back(text.substr(kContainer.size()));
    }
  }
  note_first_parts(list_in(host, "VolumesFrom"), wish.beside);
  note_first_parts(list_in(host, "Links"), wish.beside);
}

model::Platform platform_of(std::string const& text) {
  auto const slash = text.find('/');
  if (slash == std::string::npos) {
    return {text, {}};
  }
  return {text.substr(slash + 1, text.find('/', slash + 1) - slash - 1), text.substr(0, slash)};
}

}  // namespace

Result<std::vector<std::string>> constraints_of(OrderedJson const& labels) {
  std::vector<std::string> constraints;
  auto const given = labels.is_object() ? labels.find(kConstraintLabel) : labels.end();
  auto rest =
      given != labels.end() && given->is_string() ? given->get<std::string>() : std::string();
  while (!rest.empty()) {
    auto const comma = rest.find(',');
    auto const one = rest.substr(0, comma);
    if (auto const parsed = model::parse_constraint(one); !parsed) {
      return invalid_argument("label " + std::string(kConstraintLabel) + ": \"" + one +
                              "\" is no constraint; write for example node.hostname==h1");
    }
    constraints.push_back(one);
    rest = comma == std::string::npos ? std::string() : rest.substr(comma + 1);
  }
  return constraints;
}

Result<ContainerWish> wish_of(OrderedJson const& body, Request const& request) {
  ContainerWish wish;
  auto const& labels = part_of(body, "Labels");
  auto constraints = constraints_of(labels);
  if (!constraints) {
    return constraints.error();
  }
  wish.constraints = std::move(*constraints);
  wish.name = request.query_value("name");
  if (wish.name.starts_with('/')) {
    wish.name.erase(0, 1);
  }
  wish.platform = request.query_value("platform");
  wish.image = text_of_part(body, "Image");
  wish.project = text_of_part(labels, kProjectLabel);
  wish.service = text_of_part(labels, kServiceLabel);
  auto const& host = part_of(body, "HostConfig");
  note_mounts(host, wish);
  note_company(host, wish);
  auto const& endpoints = part_of(part_of(body, "NetworkingConfig"), "EndpointsConfig");
  for (auto const& [network, endpoint] : endpoints.items()) {
    note_first_parts(list_in(endpoint, "Links"), wish.beside);
  }
  for (auto& network : wishes_of_create(body)) {
    wish.networks.push_back(std::move(network.network));
  }
  auto const& reserved = part_of(host, "MemoryReservation");
  wish.memory_bytes = reserved.is_number_integer() ? reserved.get<std::int64_t>() : 0;
  return wish;
}

model::Task stand_in(ContainerWish const& wish, state::Snapshot const& snapshot) {
  model::TaskSpec spec;
  spec.placement.emplace();
  spec.placement->constraints = wish.constraints;
  if (!wish.platform.empty()) {
    spec.placement->platforms.push_back(platform_of(wish.platform));
  }
  if (wish.memory_bytes > 0) {
    spec.resources.emplace();
    spec.resources->reservations.emplace();
    spec.resources->reservations->memory_bytes = wish.memory_bytes;
  }
  for (auto const& name : wish.networks) {
    for (auto const& network : find_networks(snapshot, name)) {
      spec.networks.push_back({network->id.str(), {}, {}});
    }
  }
  model::Task task;
  task.spec = std::make_shared<model::TaskSpec const>(std::move(spec));
  task.service_annotations = std::make_shared<model::Annotations const>();
  return task;
}

}  // namespace swarmward::api
