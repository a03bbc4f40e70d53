#pragma once

#include <functional>
#include <map>
#include <set>
#include <string>

#include "scheduler/networks/plan_owners.h"
#include "scheduler/networks/plan_table.h"

namespace swarmward::scheduler {

/// What all nodes must know of the swarm's networks, kept up to date change by change, so that each
/// can be told what is new to it. What a change costs depends on the change, not on the swarm.
/// One thread at a time.
class PlanBook {
 public:
  /// Takes in what these owners say now.
  void update(state::Snapshot const& snapshot, PlanOwners owners);

  /// How many updates there were.
  [[nodiscard]] std::uint64_t version() const { return version_; }

  /// What a node must be told of one of its networks.
  struct News {
    model::NetworkId network;
    std::uint64_t since = 0;  ///< What was so at this version it knows; 0: nothing of the network.
  };
  /// In the order of their ids. The node knows what was so at `since`, one of version()'s values;
  /// 0: nothing.
  [[nodiscard]] std::vector<News> news_for(model::NodeId const& node, std::uint64_t since) const;
  /// The node needs no update.
  [[nodiscard]] bool is_current(model::NodeId const& node, std::uint64_t since) const;

  /// The network's part of an update, the same for all nodes.
  [[nodiscard]] model::NetworkUpdate changes(News const& news) const;

  /// An update for the node, but for its marks and changes.
  [[nodiscard]] model::PlanUpdate frame_for(model::NodeId const& node) const;

 private:
  struct Network {
    model::PlanHead head;
    std::uint64_t head_changed = 0;
    PlanTables tables;
    std::map<PlanOwner, model::PlanKeys> said;  ///< Of what.
  };
  struct Node {
    std::map<model::NetworkId, std::uint64_t> networks;  ///< Each with the version it came with.
    std::uint64_t changed = 0;                           ///< The last one of these came or went.
  };
  using NetworkIds = std::set<model::NetworkId>;
  /// A service, node or container.
  struct Owner {
    PlanOwner number;
    NetworkIds in;  ///< Where it says something.
  };
  using Say = std::function<model::PlanEntries(model::Network const&)>;

  static std::uint64_t last_change(Network const& network);
  static bool knows_since(Network const& network, std::uint64_t version);

  /// True for a network that was not there before.
  bool update_network(state::Snapshot const& snapshot, model::NetworkId const& id);
  void update_node(state::Snapshot const& snapshot, model::NodeId const& id);
  void update_service(state::Snapshot const& snapshot, model::ServiceId const& id);
  void update_attachment(state::Snapshot const& snapshot, model::TaskId const& id);
  /// The owner says this in these networks, and in others nothing any more.
  void say(state::Snapshot const& snapshot,
           std::string const& id,
           NetworkIds const& in,
           Say const& entries);
  void say_in(Network& network, PlanOwner owner, model::PlanEntries const& now);

  std::map<model::NetworkId, Network> networks_;
  std::map<model::NodeId, Node> nodes_;
  std::map<std::string, Owner> owners_;  ///< By id.
  PlanOwner last_owner_ = 0;
  NetworkIds ingress_;
  std::uint32_t data_path_port_ = model::PlanUpdate().data_path_port;
  std::vector<model::NetworkKey> keys_;
  std::uint64_t shared_changed_ = 0;  ///< The version of the last change of these two.
  std::uint64_t node_gone_ = 0;       ///< The version without the last node that went.
  std::uint64_t version_ = 0;
};

}  // namespace swarmward::scheduler
