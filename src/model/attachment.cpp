#include "model/attachment.h"

#include <algorithm>

namespace swarmward::model {

namespace {

constexpr char const* kAddressOption = "ward.ip";

/// One that has the name already is given back as it is.
std::shared_ptr<TaskSpec const> with_alias(std::shared_ptr<TaskSpec const> spec,
                                           std::string const& name) {
  auto const& aliases = spec->networks.at(0).aliases;
  if (name.empty() || std::ranges::find(aliases, name) != aliases.end()) {
    return spec;
  }
  auto changed = std::make_shared<TaskSpec>(*spec);
  changed->networks.at(0).aliases.push_back(name);
  return changed;
}

std::string_view message_of(TaskState state) {
  switch (state) {
    case TaskState::Running:
      return "started";
    case TaskState::Ready:
      return "prepared";
    case TaskState::Rejected:
      return "rejected";
    default:
      return "finished";
  }
}

}  // namespace

bool is_attachment(Task const& task) {
  return task.service_id.empty() && task.spec->runtime == kAttachmentRuntime;
}

Task make_attachment(TaskId const& id, NodeId const& node, AttachmentWish wish) {
  NetworkAttachmentConfig network{wish.network.str(), std::move(wish.aliases), {}};
  if (!wish.address.empty()) {
    network.driver_options[kAddressOption] = std::move(wish.address);
  }
  auto spec = std::make_shared<TaskSpec>();
  spec->runtime = kAttachmentRuntime;
  spec->networks.push_back(std::move(network));
  Task task;
  task.id = id;
  task.node_id = node;
  task.spec = std::move(spec);
  task.service_annotations = std::make_shared<Annotations const>();
  task.status.message = "created";
  return task;
}

std::string wanted_address(Task const& attachment) {
  auto const& options = attachment.spec->networks.at(0).driver_options;
  auto const address = options.find(kAddressOption);
  return address == options.end() ? std::string() : address->second;
}

Task as_seen(Task attachment, SeenAttachment const& seen, Time now) {
  auto& status = attachment.status;
  if (is_terminal(status.state)) {
    return attachment;
  }
  if (status.state != seen.state || status.err != seen.err) {
    status.timestamp = now;
    status.state = seen.state;
    status.message = message_of(seen.state);
    status.err = seen.err;
  }
  bool const known = status.container && status.container->container_id == seen.container;
  if (!seen.container.empty() && !known) {
    ContainerStatus container;
    container.container_id = seen.container;
    status.container = container;
  }
  if (!seen.name.empty() && attachment.service_annotations->name != seen.name) {
    attachment.service_annotations =
        std::make_shared<Annotations const>(Annotations{seen.name, {}});
  }
  attachment.spec = with_alias(std::move(attachment.spec), seen.hostname);
  return attachment;
}

}  // namespace swarmward::model
