#include "api/ward/trace.h"

#include <algorithm>

#include <nlohmann/json.hpp>

#include "api/ward/network_look.h"
#include "api/ward/sharing_words.h"
#include "api/ward/trace_parts.h"
#include "model/protocol_text.h"
#include "model/ward_labels.h"

namespace swarmward::api {

namespace {

using nlohmann::json;
using Kind = TraceTarget::Kind;

/// As the kernel's maps and nft write it.
std::string path_key(TraceTarget const& target) {
  if (target.kind == Kind::Ingress) {
    return std::string(model::protocol_text(target.port->protocol)) + " . " +
           std::to_string(target.port->published_port);
  }
  return target.virtual_ip;
}

/// The address in the target's network; empty if there is none.
template <class Addresses>
std::string address_there(Addresses const& addresses, TraceTarget const& target) {
  for (auto const& [network, address] : addresses) {
    if (target.network && network == target.network->id) {
      return address.substr(0, address.find('/'));
    }
  }
  return {};
}

/// Builds the answer for everything but ports in host mode.
class SharedTrace {
 public:
  SharedTrace(state::Snapshot const& snapshot,
              TraceTarget const& target,
              std::vector<NodeNetworks> const& nodes)
      : snapshot_(snapshot),
        target_(target),
        nodes_(nodes),
        mode_(model::ingress_mode(target.service->spec->annotations.labels)) {}

  Result<json> make(json document) {
    auto const* entry = find_node(target_.from->id);
    if (auto problem = problem_of(entry)) {
      return *problem;
    }
    static model::NetworkPath const kNone;
    bool const asked = entry->report && entry->report->path;
    auto const& path = asked ? *entry->report->path : kNone;
    bool const mapped = target_.kind != Kind::RoundRobin;
    add_steps(path, document);
    add_backends(path, mapped, document);
    for (auto const& node : nodes_) {
      for (auto const& line : finding_lines(node)) {
        warnings_.push_back(line);
      }
    }
    document["MTU"] = path.mtu;
    document["Warnings"] = warnings_;
    return Result<json>(boost::system::in_place_value, std::move(document));
  }

 private:
  [[nodiscard]] NodeNetworks const* find_node(model::NodeId const& id) const {
    auto const found = std::ranges::find(nodes_, id, &NodeNetworks::node);
    return found == nodes_.end() ? nullptr : &*found;
  }

  /// Why the entry node's kernel cannot be told.
  [[nodiscard]] std::optional<Error> problem_of(NodeNetworks const* entry) const {
    auto const name = target_.from->description.hostname;
    if (entry == nullptr) {
      return internal_error("node " + name + " was not asked");
    }
    if (!entry->has_agent) {
      return invalid_argument("node " + name +
                              " is an adopted engine without an agent: it takes no part in the "
                              "swarm's networks. Name another node by --from");
    }
    if (!entry->report) {
      return unavailable("node " + name + " does not tell what its kernel does: " + entry->problem +
                         ". To mend it: " + entry->cure + ". Or name another node by --from");
    }
    return std::nullopt;
  }

  void add_steps(model::NetworkPath const& path, json& document) {
    auto const here = target_.from->description.hostname;
    auto steps = json::array();
    if (target_.kind == Kind::Ingress) {
      auto const port = std::to_string(target_.port->published_port) + "/" +
                        model::protocol_text(target_.port->protocol);
      steps.push_back("a client connects to port " + port + " of any address of " + here + " (" +
                      target_.from->status.addr + ")");
      steps.push_back(here + (path.open ? " hands the port" : " does NOT hand the port") +
                      " over to the ingress network's namespace (" + publisher_of(path.backend) +
                      ")");
      if (!path.open) {
        warnings_.push_back(
            "node " + here + " does not publish port " + port +
            (mode_ == model::IngressMode::Local
                 ? ": by ward.ingress=local only nodes with a task of the service do"
                 : " at this moment"));
      }
    } else if (target_.kind == Kind::VirtualIp) {
      auto const& network = target_.network->name();
      steps.push_back("a container on " + here + " in network " + network + " asks for " +
                      target_.service->name() + " and is told its virtual address " +
                      target_.virtual_ip);
      check_membership(path.open);
    } else {
      steps.push_back("a container on " + here + " in network " + target_.network->name() +
                      " asks for " + target_.service->name() +
                      " and is told the addresses of its tasks (endpoint mode dnsrr): which one "
                      "it takes is its own choice");
    }
    steps_ = std::move(steps);
    document["NodeAddress"] = path.node_address;
  }

  void check_membership(bool open) {
    auto const here = target_.from->description.hostname;
    auto const& network = target_.network->name();
    if (address_there(target_.from->attachments, target_).empty()) {
      warnings_.push_back("no container on " + here + " is in network " + network +
                          ": the node does not have it until a task there needs it");
    } else if (!open) {
      warnings_.push_back("the virtual address " + target_.virtual_ip + " is not there on " + here);
    }
  }

  /// What the map leads to for a task with this address.
  [[nodiscard]] std::string target_text(std::string const& address) const {
    return target_.kind == Kind::Ingress
               ? address + " . " + std::to_string(target_.port->target_port)
               : address;
  }

  void add_backends(model::NetworkPath const& path, bool mapped, json& document) {
    auto strangers = path.targets;
    std::size_t reachable = 0;
    document["Backends"] = json::array();
    for (auto const& task : present_tasks(snapshot_, target_)) {
      auto const address = address_there(task->networks, target_);
      auto const turn = std::ranges::find(path.targets, target_text(address));
      bool const in_map = !address.empty() && turn != path.targets.end();
      std::erase(strangers, target_text(address));
      bool const serves = takes_connections(*task) && !address.empty() && is_for(*task);
      reachable += (mapped ? in_map : serves) ? 1U : 0U;
      auto line = backend_document(snapshot_, target_, *task, address);
      line["Serves"] = serves;
      if (mapped) {
        line["InMap"] = in_map;
        line["Turn"] = in_map ? turn - path.targets.begin() + 1 : 0;
        warn_of(*task, serves, in_map);
      }
      document["Backends"].push_back(std::move(line));
    }
    for (auto const& stranger : strangers) {
      warnings_.push_back(target_.from->description.hostname + " also leads to " + stranger +
                          ", which belongs to no task of the service");
    }
    reachable += strangers.size();
    close_steps(reachable, mapped, path, document);
  }

  /// Does the node that was asked lead to this task at all?
  [[nodiscard]] bool is_for(model::Task const& task) const {
    return target_.kind != Kind::Ingress || mode_ != model::IngressMode::Local ||
           task.node_id == target_.from->id;
  }

  void warn_of(model::Task const& task, bool serves, bool in_map) {
    if (serves == in_map) {
      return;
    }
    auto const here = target_.from->description.hostname;
    auto const name = model::display_name(task);
    warnings_.push_back(serves
                            ? "task " + name + " serves, but " + here + " does not lead to it yet"
                            : here + " still leads to task " + name + ", which is " +
                                  std::string(model::to_string(task.status.state)));
  }

  void close_steps(std::size_t reachable,
                   bool mapped,
                   model::NetworkPath const& path,
                   json& document) {
    auto const here = target_.from->description.hostname;
    if (reachable == 0) {
      warnings_.push_back("no backend: connections are refused or time out. docker ward explain " +
                          target_.service->name() + " tells why tasks do not run");
    }
    if (mapped) {
      steps_.push_back("the network's namespace on " + here + " (" +
                       sharer_of(path.backend, target_.kind == Kind::Ingress) + ") gives " +
                       (reachable == 0   ? "it to nobody"
                        : reachable == 1 ? "every connection to the one backend"
                                         : "connections to " + std::to_string(reachable) +
                                               " backends in turns, whatever their load"));
    }
    if (target_.kind == Kind::Ingress && mode_ != model::IngressMode::Snat) {
      steps_.push_back("the task sees the connection come from the client's own address");
    } else if (target_.kind == Kind::Ingress && !path.node_address.empty()) {
      steps_.push_back("the task sees the connection come from " + path.node_address +
                       ", the address of " + here + " in the ingress network");
    }
    document["Steps"] = steps_;
    // Where the kernel's counter stands cannot be read: any of them may be next.
    document["NextIsOneOf"] = reachable;
  }

  state::Snapshot const& snapshot_;
  TraceTarget const& target_;
  std::vector<NodeNetworks> const& nodes_;
  model::IngressMode mode_;
  json steps_;
  std::vector<std::string> warnings_;
};

char const* kind_word(Kind kind) {
  switch (kind) {
    case Kind::Ingress:
      return "ingress";
    case Kind::HostPort:
      return "host";
    case Kind::VirtualIp:
      return "vip";
    case Kind::RoundRobin:
      break;
  }
  return "dnsrr";
}

json head_of(TraceTarget const& target) {
  json document;
  document["Service"] = target.service->name();
  document["ServiceID"] = target.service->id.str();
  document["Kind"] = kind_word(target.kind);
  document["From"] = target.from->description.hostname;
  document["FromID"] = target.from->id.str();
  document["Port"] = target.port ? port_text(*target.port) : std::string();
  document["Network"] = target.network ? target.network->name() : std::string();
  document["VirtualIP"] = target.virtual_ip;
  return document;
}

}  // namespace

NetworkLook trace_look(state::Snapshot const& snapshot, TraceTarget const& target) {
  NetworkLook look;
  if (target.kind == Kind::HostPort) {
    return look;
  }
  look.nodes.push_back(target.from->id);
  for (auto const& task : present_tasks(snapshot, target)) {
    if (std::ranges::find(look.nodes, task->node_id) == look.nodes.end()) {
      look.nodes.push_back(task->node_id);
    }
  }
  look.networks.push_back(target.network->id.str());
  look.path_network = target.network->id.str();
  look.path_key = path_key(target);
  return look;
}

Result<json> trace_document(state::Snapshot const& snapshot,
                            TraceTarget const& target,
                            std::vector<NodeNetworks> const& nodes) {
  auto document = head_of(target);
  if (target.kind == Kind::HostPort) {
    return Result<json>(boost::system::in_place_value,
                        host_port_document(snapshot, target, std::move(document)));
  }
  return SharedTrace(snapshot, target, nodes).make(std::move(document));
}

}  // namespace swarmward::api
