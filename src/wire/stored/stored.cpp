#include "wire/stored/stored.h"

#include <nlohmann/json.hpp>

#include "wire/body.h"
#include "wire/fields/cluster.h"
#include "wire/fields/network.h"
#include "wire/fields/payload.h"
#include "wire/fields/registry.h"
#include "wire/fields/task.h"
#include "wire/stored/stored_form.h"

namespace swarmward::wire {

namespace {

template <class T>
Result<T> from_stored(std::string_view text, std::string_view kind) {
  auto const context = "stored " + std::string(kind);
  auto const document = parse_body(text);
  if (!document || !document->is_object()) {
    return in_context(context, internal_error("not a JSON object"));
  }
  auto const version = document->find("v");
  if (version == document->end() || !version->is_number_unsigned()) {
    return in_context(context, internal_error("no version"));
  }
  if (*version > kStoredVersion) {
    return in_context(context,
                      internal_error("written by a newer release (version " + version->dump() +
                                     "); install that release or restore a backup"));
  }
  T object;
  if (auto const read = Reader(*document, Form::Stored).into(object); !read) {
    return in_context(context, internal_error(read.error().message));
  }
  return object;
}

}  // namespace

std::string stored(model::Service const& service) {
  return stored_text(Versioned<model::Service>{service});
}
std::string stored(model::Task const& task) {
  return stored_text(Versioned<model::Task>{task});
}
std::string stored(model::Node const& node) {
  return stored_text(Versioned<model::Node>{node});
}
std::string stored(model::Cluster const& cluster) {
  return stored_text(Versioned<model::Cluster>{cluster});
}

std::string stored(model::Network const& network) {
  return stored_text(Versioned<model::Network>{network});
}
std::string stored(model::Secret const& secret) {
  return stored_text(Versioned<model::Secret>{secret});
}
std::string stored(model::Config const& config) {
  return stored_text(Versioned<model::Config>{config});
}
std::string stored(model::RegistryCredential const& credential) {
  return stored_text(Versioned<model::RegistryCredential>{credential});
}

Result<model::Service> service_from_stored(std::string_view text) {
  auto service = from_stored<model::Service>(text, "service");
  if (service && !service->spec) {
    return internal_error("stored service: no spec");
  }
  return service;
}

Result<model::Task> task_from_stored(std::string_view text) {
  auto task = from_stored<model::Task>(text, "task");
  if (task && (!task->spec || !task->service_annotations)) {
    return internal_error("stored task: no spec or no service annotations");
  }
  return task;
}

Result<model::Node> node_from_stored(std::string_view text) {
  return from_stored<model::Node>(text, "node");
}

Result<model::Cluster> cluster_from_stored(std::string_view text) {
  return from_stored<model::Cluster>(text, "cluster");
}

Result<model::Network> network_from_stored(std::string_view text) {
  return from_stored<model::Network>(text, "network");
}

Result<model::Secret> secret_from_stored(std::string_view text) {
  return from_stored<model::Secret>(text, "secret");
}

Result<model::Config> config_from_stored(std::string_view text) {
  return from_stored<model::Config>(text, "config");
}

Result<model::RegistryCredential> credential_from_stored(std::string_view text) {
  return from_stored<model::RegistryCredential>(text, "registry credential");
}

}  // namespace swarmward::wire
