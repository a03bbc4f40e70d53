#include "wire/task.h"

#include <nlohmann/json.hpp>

#include "wire/codec/writer.h"
#include "wire/fields/task.h"

namespace swarmward::wire {

nlohmann::json to_json(model::Task const& task) {
  nlohmann::json document;
  Writer writer(document, Form::Api);
  describe(writer, task);
  // Native never sets labels or volumes of its own, yet shows them; a container's runtime it hides.
  document["Labels"] = nlohmann::json::object();
  document["Volumes"] = nullptr;
  if (task.spec->runtime == "container") {
    document["Spec"].erase("Runtime");
  }
  return document;
}

}  // namespace swarmward::wire
