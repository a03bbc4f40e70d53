#include "scheduler/allocator/address_book.h"

#include <algorithm>

namespace swarmward::scheduler {

namespace {

/// Neither the network's own address nor that of all its members.
bool is_for_members(Address address, Subnet const& subnet) {
  auto const hosts = subnet.prefix_length >= 32 ? 0 : ~Address{0} >> subnet.prefix_length;
  return (address & ~hosts) == subnet.base && (address & hosts) != 0 && (address & hosts) != hosts;
}

AddressPool const* pool_of(std::vector<AddressPool> const& pools, Address address) {
  auto const found = std::ranges::find_if(
      pools, [&](AddressPool const& pool) { return is_for_members(address, pool.subnet()); });
  return found == pools.end() ? nullptr : &*found;
}

}  // namespace

std::string AddressBook::Book::text(Address address) const {
  auto const* const pool = pool_of(pools, address);
  return to_cidr(address, pool == nullptr ? pools.front().subnet() : pool->subnet());
}

void AddressBook::rebuild(state::Snapshot const& snapshot) {
  books_.clear();
  for (auto const [id, network] : snapshot.networks) {
    note(*network);
  }
  if (books_.empty()) {
    return;
  }
  for (auto const [id, node] : snapshot.nodes) {
    note(*node, Use::Begins);
  }
  for (auto const [id, service] : snapshot.services) {
    note(*service, Use::Begins);
  }
  for (auto it = snapshot.tasks.begin(); it != snapshot.tasks.end(); ++it) {
    note(*it.value(), Use::Begins);
  }
}

template <class T>
void AddressBook::note_all(std::vector<state::Touch<T>> const& touches) {
  for (auto const& touch : touches) {
    if (touch.before) {
      note(*touch.before, Use::Ends);
    }
    if (touch.after) {
      note(*touch.after, Use::Begins);
    }
  }
}

void AddressBook::touch(state::Touched const& touched) {
  for (auto const& touch : touched.networks) {
    if (touch.after) {
      note(*touch.after);
    } else {
      books_.erase(touch.before->id);
    }
  }
  if (!books_.empty()) {
    note_all(touched.nodes);
    note_all(touched.services);
    note_all(touched.tasks);
  }
}

void AddressBook::note(model::Network const& network) {
  if (has(network.id)) {
    return;
  }
  Book book;
  for (auto const& config : network.ipam) {
    if (auto const subnet = parse_subnet(config.subnet)) {
      book.pools.emplace_back(*subnet, parse_subnet(config.range));
    }
    if (auto const gateway = parse_address(config.gateway)) {
      book.taken.insert(*gateway);
    }
    for (auto const& [name, text] : config.auxiliary) {
      if (auto const address = parse_address(text)) {
        book.taken.insert(*address);
      }
    }
  }
  if (!book.pools.empty()) {
    books_.emplace(network.id, std::move(book));
  }
}

void AddressBook::note(model::Service const& service, Use use) {
  for (auto const& virtual_ip : service.endpoint.virtual_ips) {
    note(model::NetworkId(virtual_ip.network_id), virtual_ip.address, use);
  }
}

void AddressBook::note(model::Task const& task, Use use) {
  if (!model::is_terminal(task.status.state)) {
    for (auto const& [network, address] : task.networks) {
      note(network, address, use);
    }
  }
}

void AddressBook::note(model::Node const& node, Use use) {
  for (auto const& [network, address] : node.attachments) {
    note(network, address, use);
    auto const book = books_.find(network);
    auto const number = parse_address(address);
    if (book != books_.end() && number) {
      book->second.nodes[node.id] = *number;
    }
  }
}

void AddressBook::note(model::NetworkId const& network, std::string const& address, Use use) {
  auto const book = books_.find(network);
  auto const number = parse_address(address);
  if (book == books_.end() || !number) {
    return;
  }
  if (use == Use::Begins) {
    book->second.taken.insert(*number);
  } else {
    book->second.taken.erase(*number);
  }
}

std::optional<std::string> AddressBook::take(model::NetworkId const& network) {
  auto const book = books_.find(network);
  if (book == books_.end()) {
    return std::nullopt;
  }
  for (auto& pool : book->second.pools) {
    if (auto const address = pool.next(book->second.taken)) {
      book->second.taken.insert(*address);
      return to_cidr(*address, pool.subnet());
    }
  }
  return std::nullopt;
}

std::optional<std::string> AddressBook::take_own(model::NetworkId const& network,
                                                 model::NodeId const& node) {
  auto const book = books_.find(network);
  if (book == books_.end()) {
    return std::nullopt;
  }
  auto const last = book->second.nodes.find(node);
  if (last == book->second.nodes.end() || !book->second.taken.insert(last->second).second) {
    return take(network);
  }
  return book->second.text(last->second);
}

Result<std::string> AddressBook::take(model::NetworkId const& network, std::string const& wanted) {
  auto const book = books_.find(network);
  if (book == books_.end()) {
    return unavailable("the network has no subnet");
  }
  auto const& pools = book->second.pools;
  auto const address = parse_address(wanted);
  if (!address || pool_of(pools, *address) == nullptr) {
    std::string subnets;
    for (auto const& pool : pools) {
      subnets += (subnets.empty() ? "" : ", ") + to_string(pool.subnet());
    }
    return invalid_argument("the address " + wanted + " is not one for members of the subnet " +
                            subnets);
  }
  if (!book->second.taken.insert(*address).second) {
    return conflict("the address " + wanted + " is in use");
  }
  return book->second.text(*address);
}

void AddressBook::give_back(model::NetworkId const& network, std::string const& address) {
  note(network, address, Use::Ends);
}

std::set<Subnet> AddressBook::subnets() const {
  std::set<Subnet> all;
  for (auto const& [id, book] : books_) {
    for (auto const& pool : book.pools) {
      all.insert(pool.subnet());
    }
  }
  return all;
}

}  // namespace swarmward::scheduler
