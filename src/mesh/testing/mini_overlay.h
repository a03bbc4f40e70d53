#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "mesh/apply/overlay.h"
#include "mesh/testing/asker.h"
#include "mesh/testing/name_server.h"
#include "mesh/testing/scratch_net.h"
#include "model/network_plan.h"

namespace swarmward::mesh {

/// Tests with hosts in namespaces, an overlay between them and tasks in it. Hosts have the
/// addresses 192.0.2.1, 192.0.2.2, ... on one wire. Tasks answer on port 80.
class MiniOverlayTest : public ScratchNetTest {
 protected:
  struct Host {
    std::string address;
    std::string node;  ///< Its address in the overlay.
    NetNamespace net;
    std::unique_ptr<NetNamespace> overlay;  ///< Null before join_overlay().
  };
  struct Task {
    std::string address;
    Host* host;
    NetNamespace net;
    std::unique_ptr<NameServer> server;
  };

  void SetUp() override;

  /// The next host, with this address in the overlay.
  Host& add_host(std::string const& node);
  /// A client on the hosts' wire, with the next address.
  NetNamespace& add_outsider();
  /// A task of this address; its name is the address.
  Task& add_task(Host& host, std::string const& address);
  /// Brings all overlays in line with hosts, tasks and these VIPs.
  void connect(std::vector<std::string> const& vips = {});
  /// What the manager would tell this host.
  [[nodiscard]] model::PlannedNetwork plan(Host const& host) const;
  /// The namespace with the bridge between the hosts.
  [[nodiscard]] NetNamespace const& wire() const { return *wire_; }

  unsigned mtu_ = 1450;  ///< Of the overlay and its tasks; to be set before them.

 private:
  NetNamespace make_namespace(std::string const& name);
  NetNamespace plug_in(std::string const& name);
  void join_overlay(Host& host, std::vector<std::string> const& vips);

  std::vector<std::unique_ptr<Host>> hosts_;
  std::vector<std::unique_ptr<Task>> tasks_;
  std::vector<std::unique_ptr<NetNamespace>> outsiders_;
  std::unique_ptr<NetNamespace> wire_;
  int plugged_ = 0;
};

}  // namespace swarmward::mesh
