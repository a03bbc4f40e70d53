#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "base/result.h"
#include "mesh/apply/interface_addresses.h"
#include "mesh/apply/links.h"
#include "mesh/apply/neighbours.h"
#include "mesh/backend.h"
#include "mesh/inspect/table_contents.h"
#include "mesh/render/published_rules.h"

namespace swarmward::mesh {

// What the kernel, the engine and the agent's resolver say when they are asked. Facts only.

/// A table, or why there is nothing to compare.
using ObservedTable = Result<TableContents>;

/// What of a backend is in one namespace for one purpose: what must be there, and what is.
struct SharedPart {
  std::string where;        ///< "table ip ward_vip".
  std::string verb = "is";  ///< "are", where the name is of many things.
  std::string purpose;      ///< What fails without it.
  TableContents must = {};  ///< As render/ has it.
  ObservedTable has = TableContents();
};

inline constexpr char const* kVipPurpose = "connections to virtual addresses";
inline constexpr char const* kPortPurpose = "connections to published ports";

/// One overlay's namespace.
struct ObservedOverlay {
  std::string failure;  ///< Why the namespace cannot be looked at; empty: it could.
  std::vector<Link> links;
  std::vector<InterfaceAddress> bridge_addresses;
  std::vector<RemoteMac> remote_macs;
  std::vector<Mac> port_macs;
  std::vector<Neighbour> vxlan_neighbours;
  std::vector<Neighbour> bridge_neighbours;
  std::map<std::string, std::string> settings;  ///< Those that the kernel has.
  /// What shares connections here.
  Backend backend = Backend::Nftables;
  std::vector<SharedPart> vips;
  /// What the agent's resolver answers here; names without an answer are missing.
  std::map<std::string, std::set<Address>> names;
};

/// Who has a port of the host.
struct PortHolder {
  bool ours = false;    ///< This process.
  std::string program;  ///< "nginx (pid 12)", or what is known of it.
};

/// Published ports: the host's namespace and that of the ingress network.
struct ObservedIngress {
  std::vector<Link> host_links;
  std::vector<Link> inner_links;
  std::vector<InterfaceAddress> host_addresses;   ///< Of the host's end of the link.
  std::vector<InterfaceAddress> inner_addresses;  ///< Of the other.
  std::map<std::string, std::string> host_settings;
  std::map<std::string, std::string> inner_settings;
  std::vector<SharedPart> published;  ///< What the host hands over.
  std::vector<SharedPart> shared;     ///< What the ingress network's namespace does with it.
  Result<std::vector<std::string>> drops = std::vector<std::string>();
  std::map<Published, PortHolder> holders;  ///< Ports that somebody has.
  std::set<Address> absent;                 ///< Addresses of ports that the host does not have now.
};

/// A container as its engine tells it.
struct EngineContainer {
  std::string name;
  bool running = false;
  std::map<std::string, std::string> addresses;  ///< By the engine's id of the network.
};

struct ObservedEngine {
  std::string failure;  ///< Why it did not answer; empty: it did.
  std::vector<EngineContainer> containers;
};

/// What the agent itself says, and what it kept.
struct ObservedAgent {
  std::string mark;               ///< Of the plan it was told last; empty: none.
  std::int64_t age_seconds = -1;  ///< Since then.
  std::string error;              ///< Of carrying it out; empty: none.
  std::int64_t pass_seconds = 0;  ///< Since its last pass over everything ended.
};

}  // namespace swarmward::mesh
