#include <fstream>
#include <sstream>

#include <CLI/CLI.hpp>

#include "app/options.h"

// CLI11 costs seconds in each file that includes it: this is the only one.

namespace swarmward::app {

namespace {

constexpr char const* kDefaultConfig = "/etc/swarmward/swarmward.json";

struct RawFlags {
  std::vector<std::string> hosts;
  std::vector<std::string> engines;
  std::vector<std::string> labels;
  std::string config_file = kDefaultConfig;
  bool debug = false;
};

Invocation mistake(std::string const& text) {
  return {{}, true, 1, "swarmward: " + text + "\n"};
}

void add_flags(CLI::App& app, RawFlags& raw, Options& options) {
  app.add_option("-H,--host",
                 raw.hosts,
                 "Where to listen: unix:///path or tcp://host:port "
                 "(default unix:///run/swarmward/docker.sock)")
      ->allow_extra_args(false);
  app.add_option("--cluster-host",
                 options.cluster_hosts,
                 "Listen here as well, where docker run and docker compose make containers on any "
                 "node (docs/compose.md)")
      ->allow_extra_args(false);
  app.add_option("--data-root", options.data_root, "Directory of the daemon's state")
      ->capture_default_str();
  app.add_option("--engine",
                 raw.engines,
                 "URL of this host's dockerd (default "
                 "unix:///var/run/docker.sock); NAME=URL adds another "
                 "engine as a node, any number of times")
      ->allow_extra_args(false);
  app.add_option("-l,--log-level", options.log_level, "debug, info, warn, error or fatal")
      ->capture_default_str();
  app.add_flag("-D,--debug", raw.debug, "Same as --log-level debug");
  app.add_option("-p,--pidfile", options.pidfile, "File to write the process id to");
  app.add_flag("--insecure-tcp",
               options.insecure_tcp,
               "Allow TCP listeners without TLS that other hosts can reach");
  app.add_flag("--tls", options.tls, "Use TLS on TCP listeners; implied by --tlsverify");
  app.add_flag(
      "--tlsverify",
      options.tls_verify,
      "Use TLS on TCP listeners and let in only clients with a certificate of --tlscacert");
  app.add_option("--tlscacert", options.tls_ca, "CA that signed the clients' certificates (PEM)");
  app.add_option("--tlscert", options.tls_cert, "Certificate of the TCP listeners (PEM)");
  app.add_option("--tlskey", options.tls_key, "Its key (PEM)");
  app.add_option(
         "--agent-port",
         options.agent_port,
         "Port at which the managers of a swarm reach this host once it has joined; 0 takes "
         "a free one")
      ->capture_default_str();
  app.add_option(
      "--join-file",
      options.join_file,
      "JSON file that says which swarm to join once the daemon runs; removed when it has "
      "joined (docs/joining.md)");
  app.add_option("--mesh-backend",
                 options.mesh_backend,
                 "What shares connections to services on this host: nftables, ipvs, iptables, or "
                 "auto: the first of them that the kernel has (docs/networks.md)")
      ->capture_default_str();
  app.add_flag("--pull-from-nodes",
               options.label_policy.pull_from_nodes,
               "Copy images that no registry gives from nodes that have them");
  app.add_option("--allow-label",
                 raw.labels,
                 "Honour a label that opens hosts to containers, e.g. ward.privileged; "
                 "\"all\" allows every one; any number of times (docs/labels.md)")
      ->allow_extra_args(false);
  app.add_option("--config-file", raw.config_file, "JSON file whose keys are these flags' names")
      ->capture_default_str();
}

Result<void> read_config(CLI::App const& app, std::string const& path, Options& options) {
  std::ifstream file(path);
  if (!file) {
    if (app.count("--config-file") > 0) {
      return invalid_argument("cannot read the config file " + path);
    }
    return {};
  }
  std::ostringstream text;
  text << file.rdbuf();
  std::vector<std::string> given;
  for (auto const* option : app.get_options()) {
    if (option->count() > 0) {
      given.push_back(option->get_single_name());
    }
  }
  auto applied = apply_config(text.str(), given, options);
  return applied ? applied : in_context(path, applied.error());
}

}  // namespace

Invocation read_command_line(int argc, char const* const* argv) {
  CLI::App app("Swarm mode for dockerd hosts that are not in swarm mode.", "swarmward");
  app.footer("Point the docker CLI at it: export DOCKER_HOST=unix:///run/swarmward/docker.sock");
  app.set_version_flag("-v,--version", std::string("swarmward version ") + kVersion);
  Invocation invocation;
  RawFlags raw;
  add_flags(app, raw, invocation.options);
  try {
    app.parse(argc, argv);
  } catch (CLI::CallForHelp const&) {
    return {{}, true, 0, app.help()};
  } catch (CLI::CallForVersion const& version) {
    return {{}, true, 0, std::string(version.what()) + "\n"};
  } catch (CLI::ParseError const& error) {
    return mistake(std::string(error.what()) + "\nRun 'swarmward --help' for the flags.");
  }
  auto& options = invocation.options;
  if (!raw.hosts.empty()) {
    options.hosts = raw.hosts;
  }
  auto result = add_engines(raw.engines, options);
  if (result) {
    result = allow_labels(raw.labels, options);
  }
  if (result) {
    result = read_config(app, raw.config_file, options);
  }
  if (result) {
    result = check_hosts(options);
  }
  if (result) {
    result = check_mesh_backend(options);
  }
  if (raw.debug) {
    options.log_level = "debug";
  }
  return result ? invocation : mistake(result.error().message);
}

}  // namespace swarmward::app
