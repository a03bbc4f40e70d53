#include "backends/runner/attached_containers.h"

#include "backends/docker/json_fields.h"
#include "backends/runner/container_config.h"
#include "backends/runner/network_body.h"
#include "base/percent_encode.h"

namespace swarmward::backends {

namespace {

std::string in_query(Json const& filters) {
  return percent_encode(filters.dump(-1, ' ', false, Json::error_handler_t::replace));
}

/// "/web" is how engines write the name "web".
std::string name_of(Json const& container) {
  auto const& names = field(container, "Names");
  auto const first =
      names.is_array() && !names.empty() && names[0].is_string() ? names[0].get<std::string>() : "";
  return first.starts_with('/') ? first.substr(1) : first;
}

bool runs(std::string const& state) {
  return state == "running" || state == "paused" || state == "restarting";
}

}  // namespace

std::string members_path(std::set<std::string> const& networks) {
  return "/containers/json?all=1&filters=" + in_query({{"network", networks}});
}

std::vector<ListedMember> members_from(std::string_view list) {
  std::vector<ListedMember> members;
  auto const document = parse_json(list);
  for (auto const& container : document.is_array() ? document : Json::array()) {
    ListedMember member;
    member.container = text(container, "Id");
    member.name = name_of(container);
    member.running = runs(text(container, "State"));
    auto const& networks = field(field(container, "NetworkSettings"), "Networks");
    for (auto const& [name, endpoint] : networks.items()) {
      member.networks.insert(name);
    }
    bool const task = !text(field(container, "Labels"), kTaskIdLabel).empty();
    if (!member.container.empty() && !task) {
      members.push_back(std::move(member));
    }
  }
  return members;
}

AttachedContainer attached_from(std::string_view container) {
  AttachedContainer attached;
  auto const document = parse_json(container);
  attached.hostname = text(field(document, "Config"), "Hostname");
  auto const& state = field(document, "State");
  auto const policy = text(field(field(document, "HostConfig"), "RestartPolicy"), "Name");
  if (!runs(text(state, "Status")) && (policy == "always" || policy == "unless-stopped")) {
    attached.failed_start = text(state, "Error");
  }
  auto const& networks = field(field(document, "NetworkSettings"), "Networks");
  for (auto const& [name, endpoint] : networks.items()) {
    if (auto id = text(field(endpoint, "DriverOpts"), kAttachmentOption); !id.empty()) {
      attached.attachments.emplace(name, std::move(id));
    }
  }
  return attached;
}

std::string member_events_path() {
  return "/events?filters=" +
         in_query(
             {{"type", {"container", "network"}},
              {"event", {"connect", "create", "destroy", "die", "disconnect", "rename", "start"}}});
}

std::string created_in(std::string_view event) {
  auto const document = parse_json(event);
  bool const created =
      text(document, "Type") == "container" && text(document, "Action") == "create";
  return created ? text(field(document, "Actor"), "ID") : std::string();
}

bool is_of_container(std::string_view event) {
  return text(parse_json(event), "Type") == "container";
}

bool concerns_members(std::string_view event,
                      std::set<std::string> const& networks,
                      std::set<std::string> const& containers) {
  auto const document = parse_json(event);
  auto const& actor = field(document, "Actor");
  auto const& attributes = field(actor, "Attributes");
  return text(document, "Type") == "network" ? networks.contains(text(attributes, "name"))
                                             : containers.contains(text(actor, "ID"));
}

}  // namespace swarmward::backends
