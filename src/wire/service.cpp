#include "wire/service.h"

#include <nlohmann/json.hpp>

#include "wire/codec/reader.h"
#include "wire/codec/writer.h"
#include "wire/fields/service.h"

namespace swarmward::wire {

namespace {

using nlohmann::json;

/// `PluginSpec`: only whether it is there decides anything.
struct PluginSpecField {
  static constexpr std::string_view kGo = "runtime.PluginSpec";
};

struct TaskTemplateExtras {
  static constexpr std::string_view kGo = kGoType<model::TaskSpec>;
  std::optional<PluginSpecField> plugin_spec;
};

/// A posted spec, with the members that the model does not keep but that decide how it is read.
struct PostedSpec {
  static constexpr std::string_view kGo = kGoType<model::ServiceSpec>;
  model::ServiceSpec spec;
  TaskTemplateExtras task;
  ModeField mode;
  std::vector<model::NetworkAttachmentConfig> legacy_networks;
};

template <class A>
void describe(A& /*a*/, Ref<A, PluginSpecField> /*plugin*/) {}

template <class A>
void describe(A& a, Ref<A, TaskTemplateExtras> extras) {
  a.omit("PluginSpec", extras.plugin_spec);
}

/// Whether the spec holds what its runtime needs. A plugin spec beside a container is ignored.
std::optional<Error> runtime_error(PostedSpec const& posted) {
  auto const& task = posted.spec.task;
  bool const plugin = posted.task.plugin_spec.has_value();
  bool const container = task.container.has_value();
  if (task.runtime != "container" && task.runtime != "plugin") {
    return invalid_argument("unsupported runtime");
  }
  if (task.runtime == "container" ? !container : !plugin) {
    return invalid_argument("mismatched Runtime and *Spec fields");
  }
  if (task.runtime == "container") {
    return std::nullopt;
  }
  if (posted.mode.replicated) {
    return invalid_argument("plugins must not use replicated mode");
  }
  return internal_error("runtime type \"plugin\" only supported in experimental");
}

template <class A>
void describe(A& a, Ref<A, PostedSpec> posted) {
  describe(a, posted.spec);
  a.omit("TaskTemplate", posted.task);
  a.omit("Mode", posted.mode);
  a.omit("Networks", posted.legacy_networks);
  if (posted.spec.task.runtime.empty()) {
    posted.spec.task.runtime = "container";
  }
  if (auto error = runtime_error(posted)) {
    a.fail_instead(std::move(*error));
  }
}

}  // namespace

Result<model::ServiceSpec> service_spec_from_json(json const& document, LegacyNetworks legacy) {
  PostedSpec posted;
  if (auto const read = Reader(document, Form::Api).into(posted); !read) {
    return read.error();
  }
  if (legacy == LegacyNetworks::Honour && posted.spec.task.networks.empty()) {
    posted.spec.task.networks = std::move(posted.legacy_networks);
  }
  return std::move(posted.spec);
}

json to_json(model::ServiceSpec const& spec) {
  json document;
  Writer writer(document);
  describe(writer, spec);
  return document;
}

json to_json(model::Service const& service, std::optional<ServiceStatus> status) {
  json document;
  Writer writer(document);
  describe(writer, service);
  if (status) {
    document["ServiceStatus"] = {{"RunningTasks", status->running},
                                 {"DesiredTasks", status->desired},
                                 {"CompletedTasks", status->completed}};
  }
  return document;
}

}  // namespace swarmward::wire
