#pragma once

#include <filesystem>
#include <set>

#include <boost/asio/steady_timer.hpp>

#include "app/member/door/member_door.h"
#include "app/networks/host_networks.h"
#include "app/state_gate.h"
#include "base/net/dialer.h"
#include "cluster/pki/renewal.h"

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
          PlanKeeper& plans,
          Attachments& attachments,
          QuestionBoard& board,
          HostNetworks& networks,
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

  /// For those who ask before they change the CA.
  [[nodiscard]] ExternalCas& external_cas() { return issuer_.external(); }

  /// The way to the engine of a node that joined, or to another taker of its agent that speaks
  /// `protocol`. Errors: Internal for other nodes.
  [[nodiscard]] Result<net::DialerPtr> dialer_to(model::Node const& node,
                                                 std::string const& protocol = {});

 private:
  // manager.cpp
  [[nodiscard]] cluster::KeyFiles key_files() const;
  static boost::asio::awaitable<void> run(Manager* self, unsigned term);
  static boost::asio::awaitable<void> follow_networks(Manager* self, unsigned term);
  boost::asio::awaitable<void> follow_address();
  boost::asio::awaitable<void> note_own_address();
  boost::asio::awaitable<void> describe_host();

  // manager_certificate.cpp
  Result<void> take_certificate(model::Cluster const& cluster);
  Result<void> issue_first(model::Cluster const& cluster);
  Result<void> keep_certificate(std::string chain, std::string key);
  void watch_renewal();
  boost::asio::awaitable<Result<void>> issue_own();
  boost::asio::awaitable<void> show_own();
  boost::asio::awaitable<void> reissue();
  boost::asio::awaitable<void> rotate_root();

  boost::asio::any_io_executor executor_;
  state::StateStore& store_;
  StateGate& gate_;
  PlanKeeper& plans_;
  HostNetworks& networks_;
  MemberTls& tls_;
  Clock const& clock_;
  RandomBytes random_;
  std::filesystem::path data_root_;
  Issuer issuer_;
  MemberDoor door_;
  boost::asio::steady_timer timer_;
  cluster::RenewalState renewal_;
  std::set<model::NodeId> told_;  ///< In this rotation of the root.
  std::string rotating_to_;       ///< The next root, while it changes.
  std::string key_locked_by_;     ///< The unlock key that seals the key file; may be empty.
  unsigned term_ = 0;
};

}  // namespace swarmward::app
