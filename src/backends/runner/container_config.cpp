#include "backends/runner/container_config.h"

#include <nlohmann/json.hpp>

#include "backends/runner/host_config.h"
#include "backends/runner/image_reference.h"

namespace swarmward::backends {

using nlohmann::json;

namespace {

model::StringMap labels_of(model::Task const& task, NodeIdentity const& node) {
  auto labels = task.spec->container->labels;
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

}  // namespace

std::string render_container(model::Task const& task, NodeIdentity const& node) {
  auto const& spec = *task.spec->container;
  json out = {{"Image", familiar_image(spec.image)},
              {"Labels", labels_of(task, node)},
              {"HostConfig", render_host_config(task)}};
  if (!spec.command.empty()) {
    out["Entrypoint"] = spec.command;
  }
  if (!spec.args.empty()) {
    out["Cmd"] = spec.args;
  }
  if (!spec.env.empty()) {
    out["Env"] = spec.env;
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
