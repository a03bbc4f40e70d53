#pragma once

#include <map>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "mesh/address.h"
#include "model/network_plan.h"

namespace swarmward::mesh::dns {

/// One network of the plan, ready for look-ups. Texts that are no address are left out.
class NetworkNames {
 public:
  explicit NetworkNames(model::PlannedNetwork const& network);

  /// `name` in lower case. Null for one that this network does not know.
  [[nodiscard]] std::vector<Address> const* find(std::string_view name) const;
  /// The same for NAME.NETWORK.
  [[nodiscard]] std::vector<Address> const* find_qualified(std::string_view name) const;
  /// The name of an address, without that of the network; or null.
  [[nodiscard]] std::string const* find_reverse(Address address) const;
  /// Does this member of the node have servers of its own for all other names?
  [[nodiscard]] bool has_own_servers(Address member) const { return own_servers_.contains(member); }
  /// It has no way out, and names of the outside would be one.
  [[nodiscard]] bool is_internal() const { return internal_; }
  [[nodiscard]] bool is_vip(Address address) const { return vips_.contains(address); }
  /// Does a member of that name, in lower case, run on this node? Names of services do not count.
  [[nodiscard]] bool has_local(std::string const& name) const {
    return local_names_.contains(name);
  }
  /// "." and the network's name, as the user spelled it.
  [[nodiscard]] std::string const& suffix() const { return suffix_; }

 private:
  std::string suffix_;
  std::string lower_suffix_;
  bool internal_ = false;
  std::set<std::string> local_names_;
  std::set<Address> own_servers_;
  std::set<Address> vips_;
  std::unordered_map<std::string, std::vector<Address>> names_;
  std::map<Address, std::string> reverse_;
};

/// The names of all networks of this node. Never changes, so it may be read from any thread.
class Names {
 public:
  Names() = default;
  /// What has not changed since `before` is taken from there.
  explicit Names(std::vector<model::SharedNetwork> const& networks, Names const& before = {});

  [[nodiscard]] bool knows(std::string const& network_id) const {
    return networks_.contains(network_id);
  }

  /// May the host's servers be asked on behalf of this container?
  [[nodiscard]] bool may_forward(std::string const& network_id, Address source) const;

  /// The networks in which a container may look for names, in that order: the one that its query
  /// came in by, then the others that it is in, by their position in the plan. A container has
  /// another address in each network, but the same name: it is in a network where a member on this
  /// node has the name that belongs to the query's source address.
  [[nodiscard]] std::vector<NetworkNames const*> visible_to(std::string const& network_id,
                                                            Address source) const;

 private:
  struct Network {
    model::SharedNetwork planned;
    std::shared_ptr<NetworkNames const> names;
  };

  std::vector<std::string> order_;
  std::unordered_map<std::string, Network> networks_;
};

}  // namespace swarmward::mesh::dns
