#pragma once

#include <chrono>
#include <map>
#include <set>
#include <string>

#include <boost/asio/awaitable.hpp>

#include "backends/engine.h"
#include "backends/runner/gate.h"
#include "backends/runner/runner_types.h"

namespace swarmward::backends {

/// Keeps those networks of the swarm on an engine that its tasks need: see network_body.h for what
/// each is made of. Io thread only.
class NetworkKeeper : public std::enable_shared_from_this<NetworkKeeper> {
 public:
  /// A task that ignores its stop signal holds its network for ten seconds, unless it was given
  /// another time.
  static constexpr std::chrono::seconds kPatience{20};

  /// `patience`: how long the name of an attachable network is waited for.
  NetworkKeeper(asio::any_io_executor executor,
                std::shared_ptr<Engine> engine,
                NodeIdentity node,
                std::chrono::milliseconds patience = kPatience)
      : executor_(std::move(executor)),
        engine_(std::move(engine)),
        node_(std::move(node)),
        patience_(patience),
        gate_(1) {}

  /// The network is there when this returns; the value is how the engine calls it: by its name with
  /// the beginning of its id behind it where the engine has a network of its own of that name, or
  /// holds on to one that another node, or an earlier one of the swarm, left. Errors: those of the
  /// engine; NotFound if there is no network to configure it after; Conflict if it has both;
  /// Unavailable while the tasks of an earlier network of that name still stop, if the network is
  /// attachable, for who runs containers there needs its very name, or node-local, for two of them
  /// may not have the same subnet or parent.
  asio::awaitable<Result<std::string>> ensure(model::TaskNetwork network);
  /// Removes the swarm's networks that are not among these ids, and what other nodes have left, as
  /// far as nothing uses them. What is in use is tried some more times.
  void keep_only(std::set<std::string> ids);
  /// Removes all of them, as far as nothing uses them.
  asio::awaitable<void> remove_all();
  /// What is known of the engine may be wrong from now on: it was away.
  void forget() { known_.clear(); }

 private:
  /// Whose the engine's network of this name is.
  enum class Owner {
    Nobody,
    Us,
    Earlier,  ///< This node, for a network that the swarm had before.
    Left,     ///< Another node, which is there no more.
    Stranger,
  };

  struct Seen {
    Owner owner = Owner::Nobody;
    std::string engine_id;  ///< By which alone it may be removed: names pass on to others.
  };
  asio::awaitable<Result<Seen>> look_at(model::TaskNetwork const* network);
  /// False once the name was waited for long enough. The first call begins.
  bool may_wait(model::TaskNetwork const& network);
  /// It is there under its name once this is done, unless somebody else has that: then the value
  /// says who. A network that another node, or an earlier one of the swarm, has left is removed, if
  /// the engine lets it go.
  asio::awaitable<Result<Owner>> make(model::TaskNetwork const* network);
  /// Errors: those of the engine, NotFound where a node-local network's configuration is missing.
  asio::awaitable<Result<std::string>> body_of(model::TaskNetwork const* network);
  static asio::awaitable<void> remove_others(std::shared_ptr<NetworkKeeper> self);
  /// False if something is still in use.
  asio::awaitable<bool> try_to_remove_others();

  asio::any_io_executor executor_;
  std::shared_ptr<Engine> engine_;
  NodeIdentity node_;
  std::chrono::milliseconds patience_;
  /// Until when the name of a network is waited for, by id.
  std::map<std::string, std::chrono::steady_clock::time_point> waiting_;
  std::map<std::string, std::string> known_;  ///< Names of networks that are there, by id.
  std::set<std::string> wanted_;              ///< Ids of those that some task needs.
  Gate gate_;                                 ///< None comes while it goes.
};

}  // namespace swarmward::backends
