#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>

#include "base/result.h"
#include "cli/command.h"

namespace swarmward::cli {

/// What the process was given, replaceable in tests.
struct Surroundings {
  std::function<std::optional<std::string>(std::string const& name)> variable;
  std::function<bool(std::string const& path)> exists;
};
[[nodiscard]] Surroundings real_surroundings();

/// How to speak TLS, if at all. Files are PEM; empty names are left out.
struct TlsChoice {
  bool on = false;
  bool verify = true;
  std::string ca_file{};
  std::string cert_file{};
  std::string key_file{};
};

struct Endpoint {
  std::string host;  ///< "unix:///path", "tcp://host:port" or "tcp://host:port/path".
  TlsChoice tls;
  std::map<std::string, std::string> headers;  ///< To send along, from config.json.
};

/// The daemon that the docker CLI would speak to with these flags: --host, --context, DOCKER_HOST,
/// DOCKER_CONTEXT, the current context, in this order. Without any of them swarmward's socket if
/// there is one, else the engine's. Errors: InvalidArgument, NotFound (no such context).
[[nodiscard]] Result<Endpoint> find_endpoint(Values const& global_flags,
                                             Surroundings const& surroundings);

/// The folder of config.json.
[[nodiscard]] std::string config_directory(Values const& global_flags,
                                           Surroundings const& surroundings);

}  // namespace swarmward::cli
