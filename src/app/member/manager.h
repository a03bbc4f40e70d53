#pragma once

#include <filesystem>
#include <set>

#include <boost/asio/steady_timer.hpp>

#include "app/member/door/member_door.h"
#include "app/state_gate.h"
#include "base/net/dialer.h"

namespace swarmward::app {

/// This host as the manager of a swarm: its certificate, its port for members, the way to their
/// engines, its address. Io thread only.
class Manager {
 public:
  Manager(boost::asio::any_io_executor executor,
          state::StateStore& store,
          StateGate& gate,
          LivenessDriver& liveness,
          MemberTls& tls,
          Clock const& clock,
          RandomBytes random,
          std::filesystem::path data_root);

  /// Takes the port for members before a swarm is made: one that nobody can join is of no use.
  /// Errors: Conflict (taken), InvalidArgument.
  Result<void> listen(std::string const& address) { return door_.listen(address); }
  /// The swarm is there: from now on this host acts for it. Listens if it does not yet.
  Result<void> take_office();
  void step_down();
  /// Locks what this host keeps on disk as the swarm's autolock says. Errors: Internal; it is tried
  /// again by itself then.
  Result<void> keep_locked();

  /// The way to the engine of a node that joined. Errors: Internal for other nodes.
  [[nodiscard]] Result<net::DialerPtr> dialer_to(model::Node const& node);

 private:
  [[nodiscard]] cluster::KeyFiles key_files() const;
  Result<void> issue_own(model::Cluster const& cluster);
  static boost::asio::awaitable<void> run(Manager* self, unsigned term);
  boost::asio::awaitable<void> reissue();
  boost::asio::awaitable<void> rotate_root();
  boost::asio::awaitable<void> follow_address();

  boost::asio::any_io_executor executor_;
  state::StateStore& store_;
  StateGate& gate_;
  MemberTls& tls_;
  Clock const& clock_;
  RandomBytes random_;
  std::filesystem::path data_root_;
  MemberDoor door_;
  boost::asio::steady_timer timer_;
  Time renew_at_{};
  std::set<model::NodeId> told_;  ///< In this rotation of the root.
  std::string rotating_to_;       ///< The next root, while it changes.
  std::string key_locked_by_;     ///< The unlock key that seals the key file; may be empty.
  std::string on_interface_;      ///< The advertised address, once seen on an interface.
  unsigned term_ = 0;
};

}  // namespace swarmward::app
