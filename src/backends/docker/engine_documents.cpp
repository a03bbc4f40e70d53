#include "backends/docker/engine_documents.h"

#include <algorithm>
#include <array>
#include <charconv>

#include "backends/docker/event_reader.h"
#include "backends/docker/json_fields.h"

namespace swarmward::backends {

namespace {

Error not_json(std::string_view what) {
  return internal_error("the engine's " + std::string(what) + " is not valid JSON");
}

std::vector<model::Plugin> plugins_of(Json const& plugins) {
  std::vector<model::Plugin> list;
  for (auto const* type : {"Authorization", "Log", "Network", "Volume"}) {
    for (auto const& name : field(plugins, type)) {
      if (name.is_string()) {
        list.push_back({type, name.get<std::string>()});
      }
    }
  }
  // Engines whose swarm mode is off may not list it; ours brings its own.
  model::Plugin const overlay{"Network", "overlay"};
  if (std::ranges::find(list, overlay) == list.end()) {
    list.push_back(overlay);
  }
  std::ranges::sort(list);
  return list;
}

model::StringMap engine_labels(Json const& labels) {
  model::StringMap map;
  for (auto const& label : labels.is_array() ? labels : Json::array()) {
    if (label.is_string()) {
      auto const line = label.get<std::string>();
      auto const equals = line.find('=');
      map[line.substr(0, equals)] = equals == std::string::npos ? "" : line.substr(equals + 1);
    }
  }
  return map;
}

/// What the engine was told with --node-generic-resource: counts of a kind, or its units by name.
std::vector<model::GenericResource> generic_resources(Json const& entries) {
  std::vector<model::GenericResource> list;
  for (auto const& entry : entries.is_array() ? entries : Json::array()) {
    auto const& named = field(entry, "NamedResourceSpec");
    auto const& counted = field(entry, "DiscreteResourceSpec");
    if (auto kind = text(named, "Kind"); !kind.empty()) {
      list.push_back({std::move(kind), 0, text(named, "Value")});
    } else if (kind = text(counted, "Kind"); !kind.empty()) {
      list.push_back({std::move(kind), number(counted, "Value"), {}});
    }
  }
  return list;
}

std::uint32_t port_number(std::string_view digits) {
  std::uint32_t port = 0;
  std::from_chars(digits.data(), digits.data() + digits.size(), port);
  return port;
}

model::Protocol protocol_of(std::string_view word) {
  if (word == "udp") {
    return model::Protocol::Udp;
  }
  return word == "sctp" ? model::Protocol::Sctp : model::Protocol::Tcp;
}

/// {"80/tcp": [{"HostIp": "0.0.0.0", "HostPort": "8080"}, …], "90/tcp": null}. A port bound on
/// IPv4 and on IPv6 is one port.
std::vector<model::PortConfig> ports_of(Json const& bindings) {
  std::vector<model::PortConfig> ports;
  if (!bindings.is_object()) {
    return ports;
  }
  for (auto const& [key, hosts] : bindings.items()) {
    auto const slash = std::min(key.find('/'), key.size());
    model::PortConfig port;
    port.target_port = port_number(std::string_view(key).substr(0, slash));
    port.protocol = protocol_of(std::string_view(key).substr(std::min(slash + 1, key.size())));
    port.publish_mode = model::PublishMode::Host;
    for (auto const& host : hosts) {
      port.published_port = port_number(text(host, "HostPort"));
      if (port.published_port != 0 && std::ranges::find(ports, port) == ports.end()) {
        ports.push_back(port);
      }
    }
  }
  return ports;
}

std::string without_slash(std::string name) {
  return name.starts_with('/') ? name.substr(1) : name;
}

Time time_of(std::string const& text) {
  // Go's zero time is outside of what nanoseconds can hold.
  auto const time = parse_time(text);
  return text.starts_with("0001-") || !time ? Time{} : *time;
}

/// An engine that maps users keeps their data below its root folder, in one that is called by whom
/// it takes for root: "/var/lib/docker/165536.165536". Nothing else of /info says whom.
ContainerRoot container_root(Json const& info) {
  auto const& options = field(info, "SecurityOptions");
  bool const maps =
      options.is_array() && std::ranges::find(options, Json("name=userns")) != options.end();
  auto const folder = text(info, "DockerRootDir");
  auto const name = std::string_view(folder).substr(folder.rfind('/') + 1);
  ContainerRoot root;
  auto const* const end = name.data() + name.size();
  auto const uid = std::from_chars(name.data(), end, root.uid);
  if (!maps || uid.ec != std::errc{} || uid.ptr == end || *uid.ptr != '.') {
    return {};
  }
  auto const gid = std::from_chars(uid.ptr + 1, end, root.gid);
  return gid.ec == std::errc{} && gid.ptr == end ? root : ContainerRoot{};
}

}  // namespace

Result<EngineInfo> parse_engine_info(std::string_view info, std::string_view version) {
  auto const document = parse_json(info);
  if (!document.is_object()) {
    return not_json("/info");
  }
  EngineInfo result;
  auto& node = result.description;
  node.hostname = text(document, "Name");
  auto const id = text(document, "ID");
  result.id = id.empty() || node.hostname.empty() ? "" : id + " " + node.hostname;
  node.platform.architecture = text(document, "Architecture");
  node.platform.os = text(document, "OSType");
  constexpr std::int64_t kMostCpus = 1'000'000;  // More is no truth, and would overflow below.
  auto const cpus = std::clamp<std::int64_t>(number(document, "NCPU"), 1, kMostCpus);
  result.cpus = static_cast<unsigned>(cpus);
  node.resources.nano_cpus = cpus * 1'000'000'000;
  node.resources.memory_bytes = number(document, "MemTotal");
  node.resources.generic = generic_resources(field(document, "GenericResources"));
  node.engine_version = text(document, "ServerVersion");
  node.engine_labels = engine_labels(field(document, "Labels"));
  node.plugins = plugins_of(field(document, "Plugins"));
  auto const swarm = text(field(document, "Swarm"), "LocalNodeState");
  auto const& live_restore = field(document, "LiveRestoreEnabled");
  result.live_restore = live_restore.is_boolean() && live_restore.get<bool>();
  result.root = container_root(document);
  result.native_swarm_active = !swarm.empty() && swarm != "inactive";
  result.api_version = text(parse_json(version), "ApiVersion");
  return result;
}

Result<ContainerState> parse_container_state(std::string_view inspect) {
  auto const document = parse_json(inspect);
  if (!document.is_object()) {
    return not_json("container");
  }
  auto const& state = field(document, "State");
  ContainerState result;
  result.id = text(document, "Id");
  result.name = without_slash(text(document, "Name"));
  result.labels = string_map(field(field(document, "Config"), "Labels"));
  result.status = text(state, "Status");
  result.running = flag(state, "Running");
  result.pid = number(state, "Pid");
  result.exit_code = number(state, "ExitCode");
  result.error = text(state, "Error");
  auto const health = text(field(state, "Health"), "Status");
  result.health = health == "none" ? "" : health;
  result.started_at = time_of(text(state, "StartedAt"));
  result.finished_at = time_of(text(state, "FinishedAt"));
  result.ports = ports_of(field(field(document, "NetworkSettings"), "Ports"));
  return result;
}

Result<std::vector<ContainerSummary>> parse_container_list(std::string_view list) {
  auto const document = parse_json(list);
  if (!document.is_array()) {
    return not_json("container list");
  }
  std::vector<ContainerSummary> result;
  for (auto const& row : document) {
    ContainerSummary summary;
    summary.id = text(row, "Id");
    summary.labels = string_map(field(row, "Labels"));
    summary.state = text(row, "State");
    // A linked container has further names, "/other/alias".
    for (auto const& name : field(row, "Names")) {
      auto const plain = name.is_string() ? without_slash(name.get<std::string>()) : "";
      if (summary.name.empty() || plain.find('/') == std::string::npos) {
        summary.name = plain;
      }
    }
    result.push_back(std::move(summary));
  }
  return result;
}

Result<std::string> created_id(std::string_view answer) {
  auto id = text(parse_json(answer), "Id");
  if (id.empty()) {
    return not_json("answer to a container's creation");
  }
  return id;
}

Result<ContainerEvent> parse_container_event(std::string_view line) {
  EventReader reader;
  if (!line.starts_with('{') || !Json::sax_parse(line, &reader)) {
    return not_json("event");
  }
  auto event = std::move(reader.event());
  if (auto const code = event.labels.extract("exitCode")) {
    std::from_chars(
        code.mapped().data(), code.mapped().data() + code.mapped().size(), event.exit_code);
  }
  // The engine mixes these with the labels.
  event.labels.erase("image");
  event.labels.erase("name");
  return event;
}

std::string pull_error(std::string_view line) {
  auto const document = parse_json(line);
  auto const detail = text(field(document, "errorDetail"), "message");
  return detail.empty() ? text(document, "error") : detail;
}

Error engine_error(unsigned status, std::string_view body) {
  auto message = text(parse_json(body), "message");
  if (message.empty()) {
    message = body.empty() ? "the engine answered with status " + std::to_string(status)
                           : std::string(body);
  }
  while (message.ends_with('\n')) {
    message.pop_back();
  }
  struct Known {
    unsigned status;
    ErrorCode code;
  };
  constexpr std::array kKnown{
      Known{400, ErrorCode::InvalidArgument},
      Known{401, ErrorCode::Unauthorized},
      Known{403, ErrorCode::Forbidden},
      Known{404, ErrorCode::NotFound},
      Known{409, ErrorCode::Conflict},
      Known{501, ErrorCode::NotImplemented},
      Known{503, ErrorCode::Unavailable},
  };
  auto const* known = std::ranges::find(kKnown, status, &Known::status);
  return {known == kKnown.end() ? ErrorCode::Internal : known->code, std::move(message)};
}

}  // namespace swarmward::backends
