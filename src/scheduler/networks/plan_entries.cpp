#include "scheduler/networks/plan_entries.h"

#include <algorithm>
#include <map>
#include <set>

#include "model/attachment.h"
#include "model/ward_labels.h"
#include "scheduler/networks/network_plan.h"
#include "scheduler/networks/plan_values.h"

namespace swarmward::scheduler {

namespace {

/// Docker shows and resolves so much of a container's id.
constexpr std::size_t kShortId = 12;

bool is_there(model::Task const& task) {
  return !task.node_id.empty() && !model::is_terminal(task.status.state);
}

bool has_own_servers(model::TaskSpec const& spec) {
  return spec.container && spec.container->dns && !spec.container->dns->nameservers.empty();
}

model::NetworkAttachmentConfig const* attachment_to(model::Network const& network,
                                                    model::Service const& service) {
  auto const& networks = service.spec->task.networks;
  auto const found =
      std::ranges::find(networks, network.id.view(), &model::NetworkAttachmentConfig::target);
  return found == networks.end() ? nullptr : &*found;
}

std::string vip_in(model::Network const& network, model::Service const& service) {
  for (auto const& virtual_ip : service.endpoint.virtual_ips) {
    if (virtual_ip.network_id == network.id.view()) {
      return without_prefix(virtual_ip.address);
    }
  }
  return {};
}

/// Names and what they stand for, in order.
using Names = std::map<std::string, std::set<std::string>>;

std::vector<model::PlannedName> listed(Names const& names) {
  std::vector<model::PlannedName> list;
  list.reserve(names.size());
  for (auto const& [name, addresses] : names) {
    list.push_back({name, {addresses.begin(), addresses.end()}});
  }
  return list;
}

/// Sorts by the keys, of which each stays once.
template <class Entry>
void sort_by_key(std::vector<Entry>& entries) {
  auto const key = [](Entry const& entry) { return std::string(model::plan_key(entry)); };
  std::ranges::sort(entries, {}, key);
  auto const same = [&](Entry const& one, Entry const& other) { return key(one) == key(other); };
  entries.erase(std::unique(entries.begin(), entries.end(), same), entries.end());
}

/// Collects what one owner says of one network.
class EntryCollector {
 public:
  EntryCollector(state::Snapshot const& snapshot, model::Network const& network)
      : snapshot_(snapshot), network_(network) {}

  void add_service(model::Service const& service) {
    auto const* const attached = attachment_to(network_, service);
    auto vip = vip_in(network_, service);
    if (!attached && vip.empty() && !network_.spec.ingress) {
      return;
    }
    std::vector<std::string> serving;
    for (auto const& task : snapshot_.tasks_of(service.id)) {
      auto address = add_member(*task);
      if (serves(*task) && !address.empty()) {
        name_member(*task, model::full_name(*task), address);
        serving.push_back(std::move(address));
      }
    }
    std::ranges::sort(serving);
    if (attached) {  // Nobody asks for names in the ingress network.
      add_names(service, *attached, vip, serving);
    }
    if (network_.spec.ingress) {
      add_ports(service, serving);
    }
    if (!vip.empty() && !network_.spec.ingress) {  // There, nodes ask tasks.
      entries_.vips.push_back({std::move(vip), std::move(serving)});
    }
  }

  void add_attachment(model::Task const& task) {
    auto const address = add_member(task);
    if (address.empty() || !serves(task) || !model::is_attachment(task)) {
      return;
    }
    for (auto const& alias : task.spec->networks.at(0).aliases) {
      names_[state::lower_case(alias)].insert(address);
    }
    if (auto const& name = task.service_annotations->name; !name.empty()) {
      name_member(task, name, address);
    }
  }

  model::PlanEntries take() {
    sort_by_key(entries_.members);
    sort_by_key(entries_.ports);
    entries_.names = listed(names_);
    entries_.reverse = listed(reverse_);
    return std::move(entries_);
  }

 private:
  /// Returns the task's address if its container may be there.
  std::string add_member(model::Task const& task) {
    auto address = address_in(task.networks, network_.id);
    auto const host = snapshot_.find_node(task.node_id);
    if (address.empty() || !is_there(task) || !host || !has_network_agent(*host)) {
      return {};
    }
    entries_.members.push_back({address, task.node_id.str(), has_own_servers(*task.spec)});
    return address;
  }

  /// The names of its container.
  void name_member(model::Task const& task, std::string const& name, std::string const& address) {
    names_[state::lower_case(name)].insert(address);
    reverse_[name].insert(address);
    if (task.status.container) {
      names_[task.status.container->container_id.str().substr(0, kShortId)].insert(address);
    }
  }

  void add_names(model::Service const& service,
                 model::NetworkAttachmentConfig const& attached,
                 std::string const& vip,
                 std::vector<std::string> const& serving) {
    auto names = attached.aliases;
    names.push_back(service.name());
    for (auto const& alias : names) {
      auto const name = state::lower_case(alias);
      names_["tasks." + name].insert(serving.begin(), serving.end());
      if (vip.empty()) {
        names_[name].insert(serving.begin(), serving.end());
      } else {
        names_[name].insert(vip);
      }
    }
    if (!vip.empty()) {
      reverse_[service.name()].insert(vip);
    }
  }

  void add_ports(model::Service const& service, std::vector<std::string> const& serving) {
    auto const& labels = service.spec->annotations.labels;
    for (auto const& port : service.endpoint.ports) {
      if (port.publish_mode == model::PublishMode::Ingress) {
        entries_.ports.push_back({port.published_port,
                                  port.target_port,
                                  port.protocol,
                                  serving,
                                  model::ingress_mode(labels),
                                  model::publish_at(labels, port.published_port)});
      }
    }
  }

  state::Snapshot const& snapshot_;
  model::Network const& network_;
  model::PlanEntries entries_;
  Names names_;
  Names reverse_;
};

}  // namespace

model::PlanHead plan_head(model::Network const& network) {
  return {network.name(),
          network.vni,
          first_subnet(network),
          more_subnets(network),
          mtu_of(network),
          network.spec.internal,
          is_encrypted(network),
          network.spec.ingress};
}

model::PlanEntries entries_of(model::Node const& node, model::Network const& network) {
  model::PlanEntries entries;
  if (auto address = address_in(node.attachments, network.id); !address.empty()) {
    entries.nodes.push_back({node.id.str(), std::move(address), model::data_path_of(node)});
  }
  return entries;
}

model::PlanEntries entries_of(state::Snapshot const& snapshot,
                              model::Service const& service,
                              model::Network const& network) {
  EntryCollector collector(snapshot, network);
  collector.add_service(service);
  return collector.take();
}

model::PlanEntries entries_of(state::Snapshot const& snapshot,
                              model::Task const& attachment,
                              model::Network const& network) {
  EntryCollector collector(snapshot, network);
  collector.add_attachment(attachment);
  return collector.take();
}

}  // namespace swarmward::scheduler
