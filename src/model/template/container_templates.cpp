#include "model/template/container_templates.h"

#include "model/template/run/format.h"

namespace swarmward::model {

namespace {

using templates::quote;

/// Expands `text` in place. Errors say what was expanded: `<what> "<text>": …`.
Result<void> expand_here(std::string& text, std::string_view what, TemplateContext const& context) {
  auto expanded = expand(text, context);
  if (!expanded) {
    return in_context(std::string(what) + " " + quote(text), expanded.error());
  }
  text = std::move(*expanded);
  return {};
}

/// Of NAME=value, the value; the name may hold no template, and what has no value none either.
Result<void> expand_env(std::vector<std::string>& env, TemplateContext const& context) {
  for (auto& entry : env) {
    auto const equals = entry.find('=');
    if (equals == std::string::npos) {
      continue;
    }
    auto expanded = expand(std::string_view(entry).substr(equals + 1), context);
    if (!expanded) {
      return in_context("expanding env " + quote(entry), expanded.error());
    }
    entry.replace(equals + 1, std::string::npos, *expanded);
  }
  return {};
}

Result<void> expand_map(StringMap& map, std::string_view what, TemplateContext const& context) {
  for (auto& [key, text] : map) {
    auto expanded = expand(text, context);
    if (!expanded) {
      auto const place =
          std::string(what) + ": expanding map entry " + quote(key) + "=" + quote(text);
      return in_context(place, expanded.error());
    }
    text = std::move(*expanded);
  }
  return {};
}

Result<void> expand_mount(Mount& mount, TemplateContext const& context) {
  auto done = expand_here(mount.source, "expanding mount source", context);
  if (done) {
    done = expand_here(mount.target, "expanding mount target", context);
  }
  if (done && mount.volume) {
    done = expand_map(mount.volume->labels, "expanding volume labels", context);
  }
  if (done && mount.volume && mount.volume->driver) {
    done = expand_map(mount.volume->driver->options, "expanding volume driver config", context);
  }
  return done;
}

}  // namespace

Result<ContainerSpec> expand_container(ContainerSpec const& spec, TemplateContext const& context) {
  auto out = spec;
  if (auto done = expand_env(out.env, context); !done) {
    return in_context("expanding env failed", done.error());
  }
  for (auto& mount : out.mounts) {
    if (auto done = expand_mount(mount, context); !done) {
      return in_context("expanding mounts failed", done.error());
    }
  }
  auto hostname = expand(out.hostname, context);
  if (!hostname) {
    return in_context("expanding hostname failed", hostname.error());
  }
  out.hostname = std::move(*hostname);
  return out;
}

Result<void> check_templates(ContainerSpec const& spec, Annotations const& service) {
  TemplateContext dummy;
  dummy.service_id = "serviceid";
  dummy.service_name = service.name;
  dummy.service_labels = service.labels;
  dummy.node_id = "nodeid";
  dummy.node_hostname = "hostname";
  dummy.node_platform = {"x86_64", "linux"};
  dummy.task_id = "taskid";
  dummy.task_name = service.name + ".1.taskid";
  dummy.task_slot = "1";
  auto const expanded = expand_container(spec, dummy);
  if (!expanded) {
    return expanded.error();
  }
  return {};
}

}  // namespace swarmward::model
