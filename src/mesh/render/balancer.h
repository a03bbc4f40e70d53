#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <boost/container/flat_map.hpp>

#include "mesh/address.h"
#include "mesh/render/staged_change.h"

namespace swarmward::mesh {

/// Where one key (a VIP, a published port) sends its connections.
struct Balanced {
  /// Texts of nft, at the place of their index; all different.
  std::vector<std::string> targets;
  /// Tells apart the counters of round robin. Keys that share one disturb each other's turns: two
  /// services of two tasks, asked in turn, would each always meet the same task.
  std::uint32_t counter = 0;
  /// What the targets were made from: addresses, and the port of the tasks (0: that of the client).
  std::vector<std::string> backends = {};
  std::uint32_t target_port = 0;
  bool operator==(Balanced const&) const = default;
};

/// The same value in the states before and after a change that leaves it alone: of ten thousand
/// keys a change touches one or two, the others are neither copied nor compared.
class SharedBalanced {
 public:
  SharedBalanced(Balanced value)  // NOLINT(google-explicit-constructor): a value like any other.
      : value_(std::make_shared<Balanced const>(std::move(value))) {}

  Balanced const& operator*() const { return *value_; }
  Balanced const* operator->() const { return value_.get(); }
  bool operator==(SharedBalanced const& other) const {
    return value_ == other.value_ || *value_ == *other.value_;
  }

 private:
  std::shared_ptr<Balanced const> value_;
};

/// By the text of the key.
using Balance = boost::container::flat_map<std::string, SharedBalanced>;

/// How many counters keys with the same number of targets use at most. A rule each, so their number
/// does not grow with the services; those with neighbouring ports or VIPs never share one.
inline constexpr std::uint32_t kCountersPerSize = 64;

/// Names and texts that differ between the tables that balance.
struct BalancerSchema {
  std::string table;     ///< With its family: "ip ward_vip".
  std::string dispatch;  ///< The map from a key to the chain that picks.
  std::string targets;   ///< The map from a key and an index to a target.
  /// What a chain does once the index is in the packet's mark. Should not name the map of targets:
  /// for each new rule that does the kernel walks over all of its elements.
  std::string pick;
};

/// Which target has which index: those of `previous` that are still wanted keep theirs as far as
/// there is one for them, the others fill what is free. So a target that goes costs one move.
[[nodiscard]] std::vector<std::string> seat_targets(std::vector<std::string> const& previous,
                                                    std::vector<std::string> const& wanted);

/// The text of a target from a backend's address and the port.
using TargetText = std::string (*)(Address, std::uint32_t);

/// Fills a balance key by key, with what `previous` (may be null) has where nothing has changed.
class BalancePlanner {
 public:
  BalancePlanner(Balance const* previous, TargetText target_text);

  /// Backends that are no addresses are left out, and so is a key that was there before.
  void add(std::string key,
           std::uint32_t counter,
           std::vector<std::string> const& backends,
           std::uint32_t target_port);

  [[nodiscard]] Balance take();

 private:
  [[nodiscard]] SharedBalanced const* find_previous(std::string const& key);

  Balance const* previous_;
  TargetText target_text_;
  Balance::const_iterator expected_;  ///< Plans are sorted: where the next key is, most likely.
  std::vector<std::pair<std::string, SharedBalanced>> planned_;
};

/// Commands that fill the empty maps of a new table. Keys without targets get no element: their
/// packets go on to the namespace itself, which refuses them.
[[nodiscard]] std::string render_balance(BalancerSchema const& schema, Balance const& wanted);

/// Commands that lead from one to the other, only of what differs. Empty if nothing differs.
[[nodiscard]] StagedChange render_balance_change(BalancerSchema const& schema,
                                                 Balance const& previous,
                                                 Balance const& wanted);

/// A command for many elements: "add element ip t m { a, b }". Empty without elements.
[[nodiscard]] std::string render_elements(std::string const& command,
                                          std::vector<std::string> const& elements);

}  // namespace swarmward::mesh
