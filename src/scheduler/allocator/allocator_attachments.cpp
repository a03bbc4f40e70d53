// The attachments' share of the allocator: containers that are no tasks of a service.
#include "base/log.h"
#include "model/attachment.h"
#include "scheduler/allocator/allocator.h"
#include "scheduler/networks/network_plan.h"

namespace swarmward::scheduler {

namespace {

model::Task refused(model::Task attachment, std::string const& reason, Time now) {
  room_log("scheduler")
      ->warn("attachment.refused task={} reason=\"{}\"", attachment.id.view(), reason);
  model::SeenAttachment seen;
  seen.state = model::TaskState::Rejected;
  seen.err = reason;
  return model::as_seen(std::move(attachment), seen, now);
}

model::Task settled(model::Task attachment, model::NetworkAddress address, Time now) {
  attachment.networks.push_back(std::move(address));
  attachment.status.timestamp = now;
  attachment.status.state = model::TaskState::Assigned;
  attachment.status.message = "scheduler assigned";
  return attachment;
}

}  // namespace

std::optional<model::Task> Allocator::settled_attachment(state::Snapshot const& head,
                                                         model::Task task,
                                                         Time now) {
  auto const network = model::NetworkId(task.spec->networks.at(0).target);
  auto const known = head.find_network(network);
  if (!known) {
    return refused(std::move(task), "network " + network.str() + " not found", now);
  }
  if (model::is_node_local(known->spec)) {  // Its engine gives the address.
    return settled(std::move(task), {network, ""}, now);
  }
  if (!known->err.empty()) {
    return refused(std::move(task), known->err, now);
  }
  if (known->vni == 0) {
    return std::nullopt;
  }
  auto const wanted = model::wanted_address(task);
  std::string address;
  if (wanted.empty()) {
    address = book_.take(network).value_or("");
  } else {
    auto taken = book_.take(network, wanted);
    if (!taken) {
      return refused(std::move(task), taken.error().message, now);
    }
    address = std::move(*taken);
  }
  if (address.empty()) {
    return refused(std::move(task), "no address is left in network " + known->name(), now);
  }
  return settled(std::move(task), {network, std::move(address)}, now);
}

void Allocator::allocate_attachments() {
  for (auto const& known : to_settle({}, {})) {
    if (!model::is_attachment(*known)) {
      continue;
    }
    auto const change = [&](state::Draft& draft) -> Result<void> {
      auto const host = draft.view().find_node(known->node_id);
      if (!host || !has_network_agent(*host)) {
        draft.put(refused(*known, "the node has no network agent", draft.now()));
        return {};
      }
      auto task = settled_attachment(draft.view(), *known, draft.now());
      if (!task) {
        return {};
      }
      if (!task->networks.empty()) {
        auto node = *host;
        auto const& [network, address] = task->networks.front();
        if (!address.empty() && !attach_node(node, network)) {
          book_.give_back(network, address);
          task = refused(*known, "no address is left in the network for its node", draft.now());
        } else if (node.attachments != host->attachments) {
          draft.put(std::move(node));
        }
      }
      draft.put(std::move(*task));
      return {};
    };
    static_cast<void>(store_.apply(change));
  }
}

}  // namespace swarmward::scheduler
