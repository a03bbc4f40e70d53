#include "backends/runner/container_config.h"

#include <algorithm>
#include <cctype>
#include <iterator>

#include <nlohmann/json.hpp>

#include "backends/runner/host_config.h"
#include "backends/runner/image_reference.h"
#include "backends/runner/network_body.h"
#include "model/resolver_options.h"
#include "model/template/container_templates.h"

namespace swarmward::backends {

using nlohmann::json;

namespace {

model::StringMap labels_of(model::Task const& task,
                           model::StringMap labels,
                           NodeIdentity const& node) {
  labels[kTaskLabel] = "";
  labels[kTaskIdLabel] = task.id.str();
  labels[kTaskNameLabel] = model::full_name(task);
  labels[kNodeIdLabel] = node.id.str();
  labels[kServiceIdLabel] = task.service_id.str();
  labels[kServiceNameLabel] = task.service_annotations->name;
  return labels;
}

json render_healthcheck(model::Healthcheck const& check) {
  json out = json::object();
  if (!check.test.empty()) {
    out["Test"] = check.test;
  }
  auto const put = [&out](char const* key, Duration value) {
    if (value != Duration{}) {
      out[key] = value.count();
    }
  };
  put("Interval", check.interval);
  put("Timeout", check.timeout);
  put("StartPeriod", check.start_period);
  put("StartInterval", check.start_interval);
  if (check.retries != 0) {
    out["Retries"] = check.retries;
  }
  return out;
}

void put_text(json& out, char const* key, std::string const& text) {
  if (!text.empty()) {
    out[key] = text;
  }
}

json exposed_ports(model::EndpointSpec const& endpoint) {
  json out = json::object();
  for (auto const& port : endpoint.ports) {
    if (port.publish_mode == model::PublishMode::Host) {
      out[port_key(port)] = json::object();
    }
  }
  return out;
}

/// What placement handed out: `DOCKER_RESOURCE_GPU=2`, or the units' names.
std::vector<std::string> resource_variables(std::vector<model::GenericResource> const& resources) {
  std::map<std::string, std::string> values;
  for (auto const& resource : resources) {
    std::string kind;
    for (char const c : resource.kind) {
      kind += static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
    }
    auto& value = values[kind];
    value += value.empty() ? "" : ",";
    value += resource.name.empty() ? std::to_string(resource.count) : resource.name;
  }
  std::vector<std::string> out;
  for (auto const& [kind, value] : values) {
    out.push_back("DOCKER_RESOURCE_" + kind + "=" + value);
  }
  return out;
}

bool joins_at_creation(model::Task const& task, std::vector<model::TaskNetwork> const& networks) {
  return !networks.empty() && network_mode(*task.spec) == "default";
}

/// The first network, and the agent as the first one to be asked for names.
void join_networks(json& out,
                   model::Task const& task,
                   std::vector<model::TaskNetwork> const& networks) {
  auto& host = out["HostConfig"];
  if (joins_at_creation(task, networks)) {
    auto const& first = networks.front();
    if (first.name != "container") {  // As a mode that would mean another container's network.
      host["NetworkMode"] = first.name;
    }
    out["NetworkingConfig"]["EndpointsConfig"][first.name] = json::parse(render_endpoint(first));
  }
  auto named = std::ranges::find_if(networks, [](model::TaskNetwork const& network) {
    // An internal one's agent knows no others.
    return !network.ingress && !network.internal && !network.node_local;
  });
  if (named == networks.end()) {
    named = std::ranges::find_if(networks, [](model::TaskNetwork const& network) {
      return !network.ingress && !network.node_local;
    });
  }
  if (named != networks.end()) {
    auto servers = json::array({named->node_address});
    for (auto const& server : host.value("Dns", json(named->resolvers))) {
      servers.push_back(server);
    }
    host["Dns"] = std::move(servers);
    host["DnsOptions"] =
        model::resolver_options(host.value("DnsOptions", std::vector<std::string>()));
  }
}

}  // namespace

std::span<model::TaskNetwork const> networks_to_connect(
    model::Task const& task, std::vector<model::TaskNetwork> const& networks) {
  return std::span(networks).subspan(joins_at_creation(task, networks) ? 1 : 0);
}

Result<PreparedContainer> prepare_container(model::Task const& task,
                                            NodeIdentity const& node,
                                            LabelPolicy const& policy) {
  if (!task.spec->container) {
    return invalid_argument("exec: unsupported runtime");
  }
  // Native looks at the mounts before it expands them; what templates made of them is our care.
  if (auto checked = check_mounts(*task.spec->container); !checked) {
    return checked.error();
  }
  auto const context = model::template_context(task, node.id, node.hostname, node.platform);
  auto spec = model::expand_container(*task.spec->container, context);
  if (!spec) {
    return spec.error();
  }
  if (auto checked = check_mounts(*spec); !checked) {
    return checked.error();
  }
  auto labels = read_container_labels(task.service_annotations->labels, spec->labels, policy);
  if (!labels) {
    return labels.error();
  }
  return PreparedContainer{std::move(*spec), std::move(*labels)};
}

std::string render_container(model::Task const& task,
                             PreparedContainer const& container,
                             NodeIdentity const& node,
                             std::vector<model::TaskNetwork> const& networks) {
  auto const& spec = container.spec;
  json out = {{"Image", familiar_image(spec.image)},
              {"Labels", labels_of(task, spec.labels, node)},
              {"HostConfig", render_host_config(task, container)}};
  join_networks(out, task, networks);
  if (!spec.command.empty()) {
    out["Entrypoint"] = spec.command;
  }
  if (!spec.args.empty()) {
    out["Cmd"] = spec.args;
  }
  auto env = spec.env;
  std::ranges::move(resource_variables(task.generic_resources), std::back_inserter(env));
  if (!env.empty()) {
    out["Env"] = std::move(env);
  }
  put_text(out, "Hostname", spec.hostname);
  put_text(out, "User", spec.user);
  put_text(out, "WorkingDir", spec.dir);
  put_text(out, "StopSignal", spec.stop_signal);
  if (spec.tty) {
    out["Tty"] = true;
  }
  if (spec.open_stdin) {
    out["OpenStdin"] = true;
  }
  if (spec.healthcheck) {
    out["Healthcheck"] = render_healthcheck(*spec.healthcheck);
  }
  if (task.endpoint) {
    auto ports = exposed_ports(*task.endpoint);
    if (!ports.empty()) {
      out["ExposedPorts"] = std::move(ports);
    }
  }
  return out.dump(-1, ' ', false, json::error_handler_t::replace);
}

}  // namespace swarmward::backends
