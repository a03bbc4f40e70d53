#include "cli/command.h"
#include "cli/complete.h"
#include "cli/verbs/verbs.h"

namespace swarmward::cli {

namespace {

/// More arguments than anybody writes.
constexpr std::size_t kAnyNumber = 1000;

Flag format_flag() {
  return {.name = "format",
          .kind = FlagKind::Text,
          .usage = "Format of the output: \"table\" or \"json\"",
          .standard = "table",
          .words = {"table", "json"}};
}

Flag switch_flag(std::string name, std::string usage, char letter = 0) {
  return {.name = std::move(name), .letter = letter, .usage = std::move(usage)};
}

Flag text_flag(std::string name, std::string usage, std::string standard) {
  return {.name = std::move(name),
          .kind = FlagKind::Text,
          .usage = std::move(usage),
          .standard = std::move(standard)};
}

Flag name_flag(std::string name, std::string usage, Candidates candidates) {
  return {.name = std::move(name),
          .kind = FlagKind::Text,
          .usage = std::move(usage),
          .candidates = candidates};
}

Flag file_flag(std::string name, std::string usage) {
  return {.name = std::move(name), .kind = FlagKind::File, .usage = std::move(usage)};
}

Command node_command() {
  Command node{.name = "node", .brief = "Manage the engines that are nodes of the swarm"};
  node.children = {
      {.name = "adopt",
       .arguments = "NAME URL",
       .brief = "Make a node of an engine on whose host nothing of Swarmward is installed",
       .least = 2,
       .most = 2,
       .flags = {file_flag("tls-ca", "Trust engines whose certificate this CA has signed"),
                 file_flag("tls-cert", "Certificate to show to the engine"),
                 file_flag("tls-key", "Key of that certificate"),
                 file_flag("ssh-identity", "Private key for an ssh:// address"),
                 switch_flag("with-agent",
                             "Put swarmward on that host, in a container, and have it join"),
                 text_flag("engine-socket",
                           "Path of the engine's socket on that host, for the agent",
                           "/var/run/docker.sock")},
       .run = &adopt_node},
      {.name = "ls",
       .brief = "List nodes and how their engines are reached",
       .flags = {format_flag()},
       .run = &list_nodes},
      {.name = "release",
       .arguments = "NODE",
       .brief = "Give up a node that was adopted",
       .least = 1,
       .most = 1,
       .flags = {switch_flag("force", "Even if it is not down and still has tasks", 'f')},
       .run = &release_node,
       .candidates = &node_names},
  };
  return node;
}

Command registry_command() {
  Command registry{.name = "registry",
                   .brief = "Manage the credentials that the swarm pulls images with"};
  registry.children = {
      {.name = "login",
       .arguments = "SERVER",
       .brief = "Store a credential for a registry on the managers",
       .least = 1,
       .most = 1,
       .flags = {switch_flag("no-check", "Store it without asking the registry"),
                 switch_flag("password-stdin", "Read the password from standard input"),
                 {.name = "username",
                  .letter = 'u',
                  .kind = FlagKind::Text,
                  .usage = "Name of the user"}},
       .run = &registry_login,
       .candidates = &registry_names},
      {.name = "logout",
       .arguments = "SERVER",
       .brief = "Remove the credential that is stored for a registry",
       .least = 1,
       .most = 1,
       .run = &registry_logout,
       .candidates = &registry_names},
      {.name = "ls",
       .brief = "List the registries that a credential is stored for",
       .flags = {format_flag()},
       .run = &list_registries},
  };
  return registry;
}

Command make_ward() {
  Command ward{.name = "ward", .brief = "Look into a swarm of Swarmward and mend it"};
  ward.children = {
      {.name = "doctor",
       .arguments = "[NETWORK...]",
       .brief = "Check the hosts, engines, certificates and networks of the swarm",
       .most = kAnyNumber,
       .flags = {format_flag(),
                 switch_flag("json", "The same as --format json"),
                 switch_flag("network",
                             "Compare the networks of all nodes, or those that are named, with "
                             "what the manager planned"),
                 name_flag("node", "With --network: look at this node only", &node_names)},
       .run = &doctor,
       .candidates = &network_names},
      {.name = "explain",
       .arguments = "SERVICE|TASK",
       .brief = "Say why tasks do not run as wanted",
       .least = 1,
       .most = 1,
       .flags = {format_flag()},
       .run = &explain,
       .candidates = &service_names},
      node_command(),
      {.name = "rebalance",
       .arguments = "[SERVICE]",
       .brief = "Move tasks to nodes that have fewer of their service",
       .most = 1,
       .flags = {switch_flag("detach", "Make the first moves only and do not wait for them", 'd'),
                 switch_flag("dry-run", "Only list the moves"),
                 format_flag()},
       .run = &rebalance,
       .candidates = &service_names},
      registry_command(),
      {.name = "trace",
       .arguments = "SERVICE[:PORT]",
       .brief = "Follow a connection to a published port, or to a service inside of a network",
       .least = 1,
       .most = 1,
       .flags = {format_flag(),
                 name_flag(
                     "from", "The node where the connection enters; else the manager", &node_names),
                 switch_flag("json", "The same as --format json"),
                 name_flag("network",
                           "Without a port: the network inside of which it is asked",
                           &network_names)},
       .run = &trace,
       .candidates = &service_names},
      {.name = "version",
       .brief = "Show the versions of the plugin and of the daemon",
       .flags = {format_flag()},
       .run = &show_version},
  };
  return ward;
}

}  // namespace

Command const& ward_command() {
  static Command const kWard = make_ward();
  return kWard;
}

std::vector<Flag> const& global_flags() {
  static std::vector<Flag> const kFlags{
      file_flag("config", "Location of client config files"),
      {.name = "context", .letter = 'c', .kind = FlagKind::Text, .usage = "Name of the context"},
      switch_flag("debug", "Enable debug mode", 'D'),
      {.name = "host", .letter = 'H', .kind = FlagKind::Text, .usage = "Daemon to connect to"},
      {.name = "log-level",
       .letter = 'l',
       .kind = FlagKind::Text,
       .usage = "Set the logging level"},
      switch_flag("tls", "Use TLS; implied by --tlsverify"),
      file_flag("tlscacert", "Trust certs signed only by this CA"),
      file_flag("tlscert", "Path to TLS certificate file"),
      file_flag("tlskey", "Path to TLS key file"),
      switch_flag("tlsverify", "Use TLS and verify the remote"),
  };
  return kFlags;
}

}  // namespace swarmward::cli
