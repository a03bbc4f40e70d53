#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "mesh/agent_state.h"
#include "mesh/apply/net_namespace.h"
#include "mesh/apply/sandbox_routes.h"
#include "mesh/network_parts.h"
#include "mesh/overlay_spec.h"
#include "mesh/plugin/driver.h"
#include "mesh/wanted.h"
#include "model/network_plan.h"

namespace swarmward::mesh {

/// Where the networks of one daemon keep what they need.
struct NetworkPaths {
  std::filesystem::path namespaces;  ///< Folder of files, one for each overlay.
  std::filesystem::path state;       ///< What the engine told.
  std::filesystem::path plan;        ///< What the manager told last.
};

/// The overlays of this host: makes the kernel fit what the engine has made and what the manager
/// planned. One thread at a time, in the namespace of the engine.
class HostNetworks final : public NetworkDriver {
 public:
  /// `parts` must outlive it.
  HostNetworks(NetworkPaths paths, Underlay underlay, std::vector<NetworkParts*> parts);

  /// Reads what was kept. Files that make no sense are put aside.
  void load();

  /// Makes the plan the one to follow, carries out what is new in it, and keeps it without its
  /// keys. One that is as it was reconciles everything.
  [[nodiscard]] Result<void> follow(model::NetworkPlan plan);

  /// Nothing of them is left in the kernel after this, whatever the engine still knows.
  [[nodiscard]] Result<void> remove_all();

  /// One pass over everything: makes what is missing, mends what differs, removes what nobody
  /// wants. Goes on after an error and returns the first.
  [[nodiscard]] Result<void> reconcile();

  /// Forgets the containers without a wire whose address the plan has on another host, or nowhere:
  /// an engine that was killed deletes no endpoints. One that is just being made has no wire yet,
  /// so it does that at the second call, and is to be called every few seconds.
  [[nodiscard]] Result<void> forget_ended();

  [[nodiscard]] Result<void> create_network(CreateNetworkRequest const& request) override;
  [[nodiscard]] Result<void> delete_network(std::string const& network) override;
  [[nodiscard]] Result<EndpointAnswer> create_endpoint(
      CreateEndpointRequest const& request) override;
  [[nodiscard]] Result<void> delete_endpoint(EndpointRequest const& request) override;
  [[nodiscard]] Result<JoinAnswer> join(EndpointRequest const& request) override;
  [[nodiscard]] Result<void> leave(EndpointRequest const& request) override;

 private:
  /// An overlay that is in the kernel.
  struct Present {
    NetNamespace home;
    model::SharedNetwork planned;
    OverlaySpec overlay;
    std::set<Address> disputed = {};  ///< As at the last look at everything.
  };
  using Presents = std::map<std::string, Present>;

  [[nodiscard]] std::filesystem::path file_of(std::string const& ward_network) const;
  [[nodiscard]] Result<void> keep_state() const;
  [[nodiscard]] Result<void> keep_plan();
  /// How much of a network is looked at.
  enum class Look {
    All,  ///< What others may have changed in the kernel, too.
    New,  ///< What is not as it was last put.
  };
  /// One network, by the swarm's id, without what networks have in common.
  [[nodiscard]] Result<void> reconcile_one(std::string const& ward_network, Look look);
  /// The same, with what is left of an attempt to make it.
  [[nodiscard]] Result<void> remake(std::string const& ward_network);
  [[nodiscard]] Result<void> put_network(WantedNetwork const& wanted, Look look);
  [[nodiscard]] Result<NetNamespace> put_overlay(WantedNetwork const& wanted);
  /// False where all of the overlay must be looked at.
  [[nodiscard]] bool change_overlay(WantedNetwork const& wanted);
  [[nodiscard]] Result<void> finish_parts();
  [[nodiscard]] Result<void> take_network(Presents::iterator network);
  /// Namespaces that nobody knows any more. What was kept may have been lost, and containers of
  /// such a network still run: they are let alone until they end.
  enum class Leftovers { Unused, All };
  void remove_leftovers(Leftovers which);
  /// Makes the peers of one network fit again, after one of its endpoints came or went.
  [[nodiscard]] Result<void> refresh_peers(std::string const& ward_network);
  /// What is kept of containers that have ended while nobody watched: an engine that stops or
  /// starts without us deletes their endpoints at nobody. Else their addresses would count as this
  /// host's for ever, and whoever gets them elsewhere could not be reached from here.
  [[nodiscard]] Result<void> forget_unplugged();
  [[nodiscard]] Result<void> forget(std::set<std::string> const& endpoints);
  enum class Which { All, Unexpected };
  /// The plan has the address on this host.
  [[nodiscard]] static bool is_expected(Present const& present, Address address);
  [[nodiscard]] std::set<std::string> without_wire(Which which) const;
  [[nodiscard]] Result<void> adopt(CreateEndpointRequest const& request);
  [[nodiscard]] Result<void> check_address(CreateEndpointRequest const& request,
                                           NetworkOptions const& options);
  [[nodiscard]] Present const* find_present(std::string const& engine_network) const;

  NetworkPaths paths_;
  Underlay underlay_;
  std::vector<NetworkParts*> parts_;
  AgentState state_;
  model::NetworkPlan plan_;
  bool plan_is_kept_ = true;   ///< What is on disk is what is followed.
  bool state_is_old_ = false;  ///< Endpoints are as they were kept, not yet compared.
  /// Endpoints without a wire whose address the plan did not have here at the last look.
  std::set<std::string> ended_;
  Presents present_;  ///< By the swarm's id.
  SandboxRoutes sandboxes_;
};

}  // namespace swarmward::mesh
