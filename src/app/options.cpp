#include "app/options.h"

#include <algorithm>
#include <cctype>
#include <map>

#include <nlohmann/json.hpp>

#include "cluster/address.h"
#include "mesh/backend.h"

namespace swarmward::app {

namespace {

bool is_node_name(std::string const& name) {
  return !name.empty() && name != "local" && std::ranges::all_of(name, [](unsigned char c) {
    return std::isalnum(c) != 0 || c == '-' || c == '_' || c == '.';
  });
}

bool is_loopback(std::string const& host) {
  return host == "localhost" || host.starts_with("127.") || host == "[::1]" || host == "::1";
}

Result<std::vector<std::string>> strings(std::string const& key, nlohmann::json const& value) {
  if (value.is_string()) {
    return std::vector<std::string>{value.get<std::string>()};
  }
  bool const list = value.is_array() &&
                    std::ranges::all_of(value, [](auto const& item) { return item.is_string(); });
  if (!list) {
    return invalid_argument("\"" + key + "\" must be a string or a list of strings");
  }
  return value.get<std::vector<std::string>>();
}

Result<void> apply_text(std::string const& key, nlohmann::json const& value, std::string& target) {
  if (!value.is_string()) {
    return invalid_argument("\"" + key + "\" must be a string");
  }
  target = value.get<std::string>();
  return {};
}

Result<void> apply_key(std::string const& key, nlohmann::json const& value, Options& options) {
  std::map<std::string, std::string*> const texts{{"data-root", &options.data_root},
                                                  {"log-level", &options.log_level},
                                                  {"tlscacert", &options.tls_ca},
                                                  {"tlscert", &options.tls_cert},
                                                  {"tlskey", &options.tls_key},
                                                  {"pidfile", &options.pidfile},
                                                  {"join-file", &options.join_file},
                                                  {"mesh-backend", &options.mesh_backend}};
  if (auto const text = texts.find(key); text != texts.end()) {
    return apply_text(key, value, *text->second);
  }
  if (key == "agent-port") {
    if (!value.is_number_unsigned() || value.get<std::uint64_t>() > 65535) {
      return invalid_argument("\"agent-port\" must be a number from 0 to 65535");
    }
    options.agent_port = value.get<unsigned short>();
    return {};
  }
  std::map<std::string, bool*> const switches{
      {"insecure-tcp", &options.insecure_tcp},
      {"pull-from-nodes", &options.label_policy.pull_from_nodes},
      {"tls", &options.tls},
      {"tlsverify", &options.tls_verify},
      {"debug", nullptr}};
  if (auto const known = switches.find(key); known != switches.end()) {
    if (!value.is_boolean()) {
      return invalid_argument("\"" + key + "\" must be true or false");
    }
    if (known->second != nullptr) {
      *known->second = value.get<bool>();
    } else if (value.get<bool>()) {
      options.log_level = "debug";
    }
    return {};
  }
  if (key == "allow-label" || key == "allow-labels") {
    auto const labels = strings(key, value);
    return labels ? allow_labels(*labels, options) : labels.error();
  }
  bool const cluster = key == "cluster-host" || key == "cluster-hosts";
  if (key != "host" && key != "hosts" && key != "engine" && key != "engines" && !cluster) {
    return invalid_argument("unknown key \"" + key +
                            "\"; keys are the long flag names that --help shows");
  }
  auto const list = strings(key, value);
  if (!list) {
    return list.error();
  }
  if (key.starts_with("engine")) {
    return add_engines(*list, options);
  }
  (cluster ? options.cluster_hosts : options.hosts) = *list;
  return {};
}

Result<void> check_host(std::string const& flag, std::string const& host, Options const& options) {
  if (host.starts_with("unix://")) {
    return {};
  }
  if (!host.starts_with("tcp://")) {
    return invalid_argument(flag + ": write unix:///path or tcp://host:port");
  }
  auto const address = host.substr(6);
  auto const place = cluster::split_address(address);
  if (!place || place->port.empty()) {
    return invalid_argument(flag + " " + host + ": " +
                            (place ? "the port is missing" : place.error().message));
  }
  auto const name = address.substr(0, address.rfind(':'));
  if (!is_loopback(name) && !options.insecure_tcp && !options.tls_verify) {
    return invalid_argument(flag +
                            ": anybody who can reach this port would be root on this host; use "
                            "--tlsverify, bind it to 127.0.0.1, or name the risk with "
                            "--insecure-tcp");
  }
  return {};
}

}  // namespace

Result<void> apply_config(std::string const& json,
                          std::vector<std::string> const& given,
                          Options& options) {
  auto const document = nlohmann::json::parse(json, nullptr, false);
  if (!document.is_object()) {
    return invalid_argument("not a JSON object");
  }
  for (auto const& [key, value] : document.items()) {
    bool const plural =
        key == "hosts" || key == "engines" || key == "allow-labels" || key == "cluster-hosts";
    auto const singular = plural ? key.substr(0, key.size() - 1) : key;
    if (std::ranges::find(given, singular) != given.end()) {
      continue;
    }
    if (auto applied = apply_key(key, value, options); !applied) {
      return applied;
    }
  }
  return {};
}

Result<void> add_engines(std::vector<std::string> const& values, Options& options) {
  for (auto const& value : values) {
    auto const scheme = value.find("://");
    auto const equals = value.find('=');
    if (scheme == std::string::npos) {
      return invalid_argument("--engine " + value +
                              ": not a URL; write unix:///path or tcp://host:port");
    }
    if (equals == std::string::npos || equals > scheme) {
      options.local_engine = value;
      continue;
    }
    ListedEngine engine{value.substr(0, equals), value.substr(equals + 1)};
    if (!is_node_name(engine.name)) {
      return invalid_argument(
          "--engine " + value +
          ": the name must be letters, digits, '-', '_' or '.', and not \"local\"");
    }
    if (std::ranges::find(options.engines, engine.name, &ListedEngine::name) !=
        options.engines.end()) {
      return invalid_argument("--engine " + value + ": the name " + engine.name +
                              " is given twice");
    }
    options.engines.push_back(std::move(engine));
  }
  return {};
}

Result<void> allow_labels(std::vector<std::string> const& values, Options& options) {
  auto const guarded = backends::guarded_labels();
  for (auto const& value : values) {
    if (value != "all" && std::ranges::find(guarded, value) == guarded.end()) {
      std::string known = "all";
      for (auto const name : guarded) {
        known += ", " + std::string(name);
      }
      return invalid_argument("--allow-label " + value + ": not one of " + known);
    }
    options.label_policy.allowed.insert(value);
  }
  return {};
}

Result<void> check_mesh_backend(Options const& options) {
  if (options.mesh_backend == "auto" || mesh::parse_backend(options.mesh_backend)) {
    return {};
  }
  return invalid_argument("--mesh-backend " + options.mesh_backend +
                          ": must be auto, nftables, ipvs or iptables");
}

Result<void> check_hosts(Options const& options) {
  for (auto const& host : options.hosts) {
    if (auto checked = check_host("-H " + host, host, options); !checked) {
      return checked;
    }
  }
  for (auto const& host : options.cluster_hosts) {
    if (auto checked = check_host("--cluster-host " + host, host, options); !checked) {
      return checked;
    }
  }
  if ((options.tls || options.tls_verify) &&
      (options.tls_cert.empty() || options.tls_key.empty())) {
    return invalid_argument("--tls and --tlsverify need --tlscert and --tlskey");
  }
  if (options.tls_verify && options.tls_ca.empty()) {
    return invalid_argument("--tlsverify needs --tlscacert");
  }
  return {};
}

}  // namespace swarmward::app
