#include "mesh/dns/names.h"

#include "mesh/dns/lower_case.h"

namespace swarmward::mesh::dns {

namespace {

std::vector<Address> parse_addresses(std::vector<std::string> const& texts) {
  std::vector<Address> addresses;
  for (auto const& text : texts) {
    if (auto const address = parse_address(text)) {
      addresses.push_back(*address);
    }
  }
  return addresses;
}

}  // namespace

NetworkNames::NetworkNames(model::PlannedNetwork const& network)
    : suffix_("." + network.name), lower_suffix_(lower_case(suffix_)), internal_(network.internal) {
  for (auto const& address : parse_addresses(network.own_servers)) {
    own_servers_.insert(address);
  }
  for (auto const& vip : network.vips) {
    if (auto const address = parse_address(vip.address)) {
      vips_.insert(*address);
    }
  }
  for (auto const& entry : network.names) {
    names_.insert_or_assign(lower_case(entry.name), parse_addresses(entry.addresses));
  }
  for (auto const& entry : network.reverse) {
    for (auto const& address : parse_addresses(entry.addresses)) {
      reverse_.insert_or_assign(address, entry.name);
    }
  }
  for (auto const& address : parse_addresses(network.local)) {
    if (auto const* const name = find_reverse(address)) {
      local_names_.insert(lower_case(*name));
    }
  }
}

std::vector<Address> const* NetworkNames::find(std::string_view name) const {
  auto const found = names_.find(std::string(name));
  return found == names_.end() ? nullptr : &found->second;
}

std::vector<Address> const* NetworkNames::find_qualified(std::string_view name) const {
  if (name.size() <= lower_suffix_.size() || !name.ends_with(lower_suffix_)) {
    return nullptr;
  }
  name.remove_suffix(lower_suffix_.size());
  return find(name);
}

std::string const* NetworkNames::find_reverse(Address address) const {
  auto const found = reverse_.find(address);
  return found == reverse_.end() ? nullptr : &found->second;
}

Names::Names(std::vector<model::SharedNetwork> const& networks, Names const& before) {
  for (auto const& network : networks) {
    order_.push_back(network->id);
    auto const known = before.networks_.find(network->id);
    bool const same = known != before.networks_.end() && known->second.planned == network;
    networks_.insert_or_assign(
        network->id,
        Network{network,
                same ? known->second.names : std::make_shared<NetworkNames const>(*network)});
  }
}

bool Names::may_forward(std::string const& network_id, Address source) const {
  auto const network = networks_.find(network_id);
  return network == networks_.end() ||
         (!network->second.names->is_internal() && !network->second.names->has_own_servers(source));
}

std::vector<NetworkNames const*> Names::visible_to(std::string const& network_id,
                                                   Address source) const {
  auto const arrival = networks_.find(network_id);
  if (arrival == networks_.end()) {
    return {};
  }
  auto const& here = *arrival->second.names;
  std::vector<NetworkNames const*> visible{&here};
  auto const* const asker = here.find_reverse(source);
  if (asker == nullptr || here.is_vip(source)) {
    return visible;
  }
  auto const name = lower_case(*asker);
  for (auto const& id : order_) {
    auto const& network = *networks_.at(id).names;
    if (id != network_id && network.has_local(name)) {
      visible.push_back(&network);
    }
  }
  return visible;
}

}  // namespace swarmward::mesh::dns
