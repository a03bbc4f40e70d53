#include "wire/task.h"

#include <nlohmann/json.hpp>

#include "model/attachment.h"
#include "wire/codec/writer.h"
#include "wire/fields/network_attachment.h"
#include "wire/fields/task.h"

namespace swarmward::wire {

namespace {

nlohmann::json attachment_json(model::NetworkAddress const& attachment,
                               FindNetwork const& networks) {
  model::Network removed;
  removed.id = attachment.network;
  auto const* known = networks(attachment.network);
  nlohmann::json document;
  Writer writer(document["Network"]);
  describe(writer, ShownNetwork{known == nullptr ? removed : *known});
  if (!attachment.address.empty()) {
    document["Addresses"] = {attachment.address};
  }
  return document;
}

}  // namespace

nlohmann::json to_json(model::Task const& task, FindNetwork const& networks) {
  nlohmann::json document;
  Writer writer(document);
  describe(writer, task);
  // Native never sets labels or volumes of its own, yet shows them; a container's runtime it hides.
  document["Labels"] = nlohmann::json::object();
  document["Volumes"] = nullptr;
  if (task.spec->runtime == "container") {
    document["Spec"].erase("Runtime");
  }
  if (model::is_attachment(task)) {
    auto const& container = task.status.container;
    document["Spec"]["NetworkAttachmentSpec"] = {
        {"ContainerID", container ? container->container_id.str() : std::string()}};
  }
  for (auto const& attachment : task.networks) {
    document["NetworksAttachments"].push_back(attachment_json(attachment, networks));
  }
  return document;
}

}  // namespace swarmward::wire
