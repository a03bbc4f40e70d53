#pragma once

#include <atomic>
#include <chrono>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/thread_pool.hpp>

#include "app/options.h"
#include "mesh/agent.h"
#include "mesh/inspect/inspect.h"

namespace swarmward::app {

/// This host's share of the swarm's networks: the mesh agent and its parts, on a thread of their
/// own, for they block on the kernel and the disk. Called on the io thread.
class HostNetworks {
 public:
  explicit HostNetworks(Options const& options);
  /// The daemon ends; all paths stay and work on. Waits for what is under way.
  ~HostNetworks();
  HostNetworks(HostNetworks const&) = delete;
  HostNetworks& operator=(HostNetworks const&) = delete;

  /// This host is that node of a swarm. What the last plan said is there again before this is done;
  /// a host that cannot have networks says so in the log and goes on without. From which of its
  /// addresses overlays are spoken is left to the kernel, for hosts may get another one.
  void start(model::NodeId const& node);
  /// This host's kernel can encrypt networks. False before start() has looked. Any thread.
  [[nodiscard]] bool can_encrypt() const { return can_encrypt_; }
  /// Done once the plan is carried out, as far as this host can.
  boost::asio::awaitable<void> apply(model::NetworkPlan plan);
  /// The host has left its swarm: nothing is left behind once this is done. The engine must not
  /// come upon a driver that is just going: it would ask it again and again for a quarter of a
  /// minute.
  boost::asio::awaitable<void> leave();

  /// What those need who look for what is wrong.
  struct Inspectable {
    mesh::InspectedPlaces places;
    mesh::AgentHealth health;
  };
  /// Nothing while this host has no agent. From any thread.
  [[nodiscard]] std::optional<Inspectable> inspectable() const;

 private:
  struct Work;

  void look_after(std::chrono::steady_clock::duration pause);
  void carried_out(Result<void> const& done);
  void note_pass(std::string error);
  void take_away();

  /// Done once this has run on the thread.
  boost::asio::awaitable<void> run(std::function<void()> work);

  Options const& options_;
  boost::asio::thread_pool thread_{1};
  mutable std::mutex mutex_;  ///< Over the next two.
  std::optional<Inspectable> inspectable_;
  std::chrono::steady_clock::time_point passed_;  ///< When the last pass ended.
  std::unique_ptr<Work> work_;
  std::atomic<bool> can_encrypt_ = false;
};

}  // namespace swarmward::app
