#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include <boost/asio/io_context.hpp>
#include <boost/asio/strand.hpp>

#include "mesh/apply/net_namespace.h"
#include "mesh/dns/listener.h"
#include "mesh/dns/upstreams.h"
#include "model/network_plan.h"

namespace swarmward::mesh {

struct DnsOptions {
  std::filesystem::path resolv_conf = dns::kResolvConf;      ///< Names the servers for all else,
  std::filesystem::path engine_config = dns::kEngineConfig;  ///< unless this does.
  std::uint16_t port = 53;                                   ///< 0 takes free ones, for tests.
  std::uint16_t upstream_port = 53;
  std::chrono::milliseconds upstream_patience{2000};
  std::size_t in_flight = 256;  ///< Forwarded queries of one network.
  dns::ListenerLimits limits;
};

/// The resolver of this node's overlay networks: one pair of sockets (UDP and TCP) per network, on
/// the node's address in it. Answers names of the plan; all others go to the host's servers.
///
/// Threads: sockets are served on a strand of the io_context, whose threads must be in the host's
/// namespace, which is where other servers are asked from. The functions here may be called from
/// any thread, but one after another; none of them waits for the strand.
class Dns {
 public:
  Dns(boost::asio::io_context& io, DnsOptions options);
  /// Stops as if every network were forgotten. The io_context may have stopped, but must be there.
  ~Dns();
  Dns(Dns const&) = delete;
  Dns& operator=(Dns const&) = delete;

  /// From now on the network's queries are answered, at this address in this namespace. Nothing
  /// changes if they are already. Until set_networks() has named the network, they fail, so that
  /// engines ask their next server. Errors: InvalidArgument (no address), Conflict (the port is
  /// taken), Unavailable (the kernel's reason); the network then stays forgotten.
  [[nodiscard]] Result<void> listen(std::string const& network_id,
                                    NetNamespace const& where,
                                    std::string const& node_address);

  /// Closes the network's sockets, soon: a namespace lives as long as they do.
  void forget(std::string const& network_id);

  /// The networks of the plan, in the order in which a container's networks are searched. Queries
  /// that come in later are answered from these.
  void set_networks(std::vector<model::SharedNetwork> const& networks);

  /// Where the network's queries are answered, if they are; for tests.
  [[nodiscard]] std::uint16_t port(std::string const& network_id) const;

 private:
  struct Core;
  struct Listening;

  void start(std::string const& network_id, Listening entry, dns::ListenSockets sockets);

  std::shared_ptr<Core> core_;
  std::shared_ptr<dns::Names const> names_ = std::make_shared<dns::Names const>();  ///< The last.
  std::map<std::string, Listening> listening_;
};

}  // namespace swarmward::mesh
