#include "scheduler/networks/network_members.h"

#include <algorithm>
#include <map>
#include <set>

#include "model/attachment.h"
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

/// Names and what they stand for, in order.
using Names = std::map<std::string, std::set<std::string>>;

std::vector<model::PlannedName> listed(Names const& names) {
  std::vector<model::PlannedName> list;
  for (auto const& [name, addresses] : names) {
    list.push_back({name, {addresses.begin(), addresses.end()}});
  }
  return list;
}

/// Collects what one network's part of the plan says.
class NetworkPlanner {
 public:
  NetworkPlanner(state::Snapshot const& snapshot,
                 model::NodeId const& node,
                 model::Network const& network)
      : snapshot_(snapshot), node_(node), network_(network) {}

  model::PlannedNetwork plan(std::string node_address) {
    planned_.id = network_.id.str();
    planned_.name = network_.name();
    planned_.vni = network_.vni;
    planned_.subnet = first_subnet(network_);
    planned_.more_subnets = more_subnets(network_);
    planned_.node_address = std::move(node_address);
    planned_.mtu = mtu_of(network_);
    planned_.internal = network_.spec.internal;
    planned_.encrypted = is_encrypted(network_);
    add_nodes();
    for (auto const [id, service] : snapshot_.services) {
      add_service(*service);
    }
    for (auto const& task : snapshot_.tasks_of({})) {
      add_attachment(*task);
    }
    std::ranges::sort(planned_.local);
    std::ranges::sort(planned_.own_servers);
    std::ranges::sort(planned_.peers, {}, &model::PlannedPeer::address);
    std::ranges::sort(planned_.vips, {}, &model::PlannedVip::address);
    planned_.names = listed(names_);
    planned_.reverse = listed(reverse_);
    return std::move(planned_);
  }

 private:
  void add_nodes() {
    for (auto const [id, node] : snapshot_.nodes) {
      auto address = address_in(node->attachments, network_.id);
      if (id != node_ && !address.empty()) {
        planned_.peers.push_back({address, model::data_path_of(*node), address});
      }
    }
  }

  [[nodiscard]] model::NetworkAttachmentConfig const* attachment(
      model::Service const& service) const {
    auto const& networks = service.spec->task.networks;
    auto const found =
        std::ranges::find(networks, network_.id.view(), &model::NetworkAttachmentConfig::target);
    return found == networks.end() ? nullptr : &*found;
  }

  void add_service(model::Service const& service) {
    auto const* const attached = attachment(service);
    std::string vip;
    for (auto const& virtual_ip : service.endpoint.virtual_ips) {
      if (virtual_ip.network_id == network_.id.view()) {
        vip = without_prefix(virtual_ip.address);
      }
    }
    if (!attached && vip.empty()) {
      return;
    }
    std::vector<std::string> serving;
    for (auto const& task : snapshot_.tasks_of(service.id)) {
      if (auto address = add_task(*task); !address.empty()) {
        serving.push_back(std::move(address));
      }
    }
    std::ranges::sort(serving);
    if (attached) {  // Nobody asks for names in the ingress network.
      add_names(service, *attached, vip, serving);
    }
    if (!vip.empty()) {
      planned_.vips.push_back({std::move(vip), std::move(serving)});
    }
  }

  /// Returns the task's address if it is up and has one.
  std::string add_member(model::Task const& task) {
    auto address = address_in(task.networks, network_.id);
    auto const host = snapshot_.find_node(task.node_id);
    if (address.empty() || !is_there(task) || !host || !has_network_agent(*host)) {
      return {};
    }
    if (task.node_id == node_) {
      planned_.local.push_back(address);
      if (has_own_servers(*task.spec)) {
        planned_.own_servers.push_back(address);
      }
    } else {
      planned_.peers.push_back(
          {address, model::data_path_of(*host), address_in(host->attachments, network_.id)});
    }
    return serves(task) ? address : std::string();
  }

  /// The names of its container.
  void name_member(model::Task const& task, std::string const& name, std::string const& address) {
    names_[state::lower_case(name)].insert(address);
    reverse_[name].insert(address);
    if (task.status.container) {
      names_[task.status.container->container_id.str().substr(0, kShortId)].insert(address);
    }
  }

  /// Returns the task's address if it shares the traffic.
  std::string add_task(model::Task const& task) {
    auto address = add_member(task);
    if (!address.empty()) {
      name_member(task, model::full_name(task), address);
    }
    return address;
  }

  /// A container that is no task of a service.
  void add_attachment(model::Task const& task) {
    auto const address = add_member(task);
    if (address.empty() || !model::is_attachment(task)) {
      return;
    }
    for (auto const& alias : task.spec->networks.at(0).aliases) {
      names_[state::lower_case(alias)].insert(address);
    }
    if (auto const& name = task.service_annotations->name; !name.empty()) {
      name_member(task, name, address);
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

  state::Snapshot const& snapshot_;
  model::NodeId const& node_;
  model::Network const& network_;
  model::PlannedNetwork planned_;
  Names names_;
  Names reverse_;
};

}  // namespace

model::PlannedNetwork plan_members(state::Snapshot const& snapshot,
                                   model::NodeId const& node,
                                   model::Network const& network,
                                   std::string node_address) {
  return NetworkPlanner(snapshot, node, network).plan(std::move(node_address));
}

}  // namespace swarmward::scheduler
