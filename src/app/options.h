#pragma once

#include <string>
#include <vector>

#include "backends/runner/container_labels.h"
#include "base/result.h"
#include "base/version.h"

namespace swarmward::app {

/// An engine of `--engine NAME=URL`.
struct ListedEngine {
  std::string name;
  std::string address;
};

/// What the daemon was started with.
struct Options {
  std::vector<std::string> hosts{"unix:///run/swarmward/docker.sock"};
  /// Where containers, volumes and networks are those of all nodes.
  std::vector<std::string> cluster_hosts;
  std::string data_root = "/var/lib/swarmward";
  std::string local_engine = "unix:///var/run/docker.sock";
  std::vector<ListedEngine> engines;
  std::string log_level = "info";
  std::string pidfile;
  bool insecure_tcp = false;
  /// TLS of the TCP listeners, as dockerd's flags of these names have it.
  bool tls = false;
  bool tls_verify = false;  ///< Clients must show a certificate of tls_ca; implies tls.
  std::string tls_ca;
  std::string tls_cert;
  std::string tls_key;
  /// Where managers reach this host's engine once it is a worker; 0 takes a free port.
  unsigned short agent_port = 7946;
  /// A file that says which swarm to join at the start; app/join_file.h.
  std::string join_file;
  /// Which labels may open the hosts to containers.
  backends::LabelPolicy label_policy;
  /// What shares connections to VIPs and published ports on this host: "auto" or a name of
  /// mesh/backend.h.
  std::string mesh_backend = "auto";
};

/// What to do after reading the command line.
struct Invocation {
  Options options;
  bool exit_now = false;  ///< --help, --version, or a mistake: `output` says it all.
  int exit_code = 0;
  std::string output;
};

/// Reads flags and the config file (keys are long flag names; flags win).
[[nodiscard]] Invocation read_command_line(int argc, char const* const* argv);

/// Takes over what a config file says, for the keys not in `given`. Errors: InvalidArgument, naming
/// the key.
[[nodiscard]] Result<void> apply_config(std::string const& json,
                                        std::vector<std::string> const& given,
                                        Options& options);

/// Splits "--engine" values: "URL" sets the local engine, "NAME=URL" adds one.
/// Errors: InvalidArgument (no URL, a name twice or not fit for a node).
[[nodiscard]] Result<void> add_engines(std::vector<std::string> const& values, Options& options);

/// Takes the values of "--allow-label". Errors: InvalidArgument (no label that needs it).
[[nodiscard]] Result<void> allow_labels(std::vector<std::string> const& values, Options& options);

/// Errors: InvalidArgument for a mesh backend of another name.
[[nodiscard]] Result<void> check_mesh_backend(Options const& options);

/// A TCP listener off the loopback interface needs --insecure-tcp. Errors: InvalidArgument.
[[nodiscard]] Result<void> check_hosts(Options const& options);

}  // namespace swarmward::app
