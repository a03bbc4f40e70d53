#pragma once

#include <map>
#include <set>
#include <vector>

#include "base/result.h"
#include "scheduler/allocator/address_pool.h"
#include "state/snapshot.h"

namespace swarmward::scheduler {

/// Which addresses of each network are in use: by services, by tasks that are not over, by nodes.
/// Follows the objects, so that nothing is ever forgotten to be given back. A value.
class AddressBook {
 public:
  void rebuild(state::Snapshot const& snapshot);
  void touch(state::Touched const& touched);

  [[nodiscard]] bool has(model::NetworkId const& network) const { return books_.contains(network); }
  /// The next free address as CIDR, in use from now on; nothing if there is none left.
  [[nodiscard]] std::optional<std::string> take(model::NetworkId const& network);
  /// This very one, without a prefix, as CIDR and in use from now on. Errors: InvalidArgument (none
  /// for members of the network), Conflict (in use), Unavailable (the network has no subnet).
  [[nodiscard]] Result<std::string> take(model::NetworkId const& network,
                                         std::string const& wanted);
  /// For the node itself: the one it had there last, if that is still free. Containers of its host
  /// keep asking for names at that address when they leave the network and join it again.
  [[nodiscard]] std::optional<std::string> take_own(model::NetworkId const& network,
                                                    model::NodeId const& node);
  /// One that was taken, and not written into an object after all.
  void give_back(model::NetworkId const& network, std::string const& address);

  /// Of all networks.
  [[nodiscard]] std::set<Subnet> subnets() const;

 private:
  struct Book {
    std::vector<AddressPool> pools;  ///< One for each subnet; those of the first go first.
    std::set<Address> taken;
    std::map<model::NodeId, Address> nodes;  ///< The last of each.
    /// As CIDR, by the subnet that it is of.
    [[nodiscard]] std::string text(Address address) const;
  };
  enum class Use { Begins, Ends };

  void note(model::Network const& network);
  void note(model::Service const& service, Use use);
  void note(model::Task const& task, Use use);
  void note(model::Node const& node, Use use);
  void note(model::NetworkId const& network, std::string const& address, Use use);
  template <class T>
  void note_all(std::vector<state::Touch<T>> const& touches);

  std::map<model::NetworkId, Book> books_;
};

}  // namespace swarmward::scheduler
