#include "wire/stored/stored.h"

#include <nlohmann/json.hpp>

#include "wire/body.h"
#include "wire/codec/writer.h"
#include "wire/fields/cluster.h"
#include "wire/fields/task.h"

namespace swarmward::wire {

namespace {

using nlohmann::json;

template <class T>
std::string to_stored(T const& object) {
  json document;
  Writer writer(document, Form::Stored);
  describe(writer, object);
  document["v"] = kStoredVersion;
  return dump_json(document);
}

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
  return to_stored(service);
}
std::string stored(model::Task const& task) {
  return to_stored(task);
}
std::string stored(model::Node const& node) {
  return to_stored(node);
}
std::string stored(model::Cluster const& cluster) {
  return to_stored(cluster);
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

}  // namespace swarmward::wire
