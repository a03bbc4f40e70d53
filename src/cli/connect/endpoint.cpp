#include "cli/connect/endpoint.h"

#include <cstdlib>
#include <filesystem>

#include "cli/connect/config_files.h"

namespace swarmward::cli {

namespace {

constexpr char const* kOwnSocket = "/run/swarmward/docker.sock";
constexpr char const* kEngineSocket = "/var/run/docker.sock";

std::string variable(Surroundings const& surroundings, std::string const& name) {
  return surroundings.variable(name).value_or("");
}

/// A file named by a flag, or else the usual one in the folder of certificates if it is there.
std::string pick_file(std::string const& given,
                      std::string const& usual,
                      Surroundings const& surroundings) {
  if (!given.empty()) {
    return given;
  }
  return surroundings.exists(usual) ? usual : std::string{};
}

TlsChoice tls_by_flags(Values const& flags, Surroundings const& surroundings) {
  auto const given = [&](std::string const& flag) { return flags.flags.contains(flag); };
  TlsChoice tls;
  tls.verify = given("tlsverify") ? flags.on("tlsverify")
                                  : !variable(surroundings, "DOCKER_TLS_VERIFY").empty();
  tls.on = tls.verify ||
           (given("tls") ? flags.on("tls") : !variable(surroundings, "DOCKER_TLS").empty());
  if (!tls.on) {
    return {};
  }
  auto folder = variable(surroundings, "DOCKER_CERT_PATH");
  if (folder.empty()) {
    folder = config_directory(flags, surroundings);
  }
  tls.ca_file = pick_file(flags.text("tlscacert"), folder + "/ca.pem", surroundings);
  tls.cert_file = pick_file(flags.text("tlscert"), folder + "/cert.pem", surroundings);
  tls.key_file = pick_file(flags.text("tlskey"), folder + "/key.pem", surroundings);
  return tls;
}

/// As the docker CLI completes what users leave out. Errors: InvalidArgument with its text.
Result<std::string> complete_host(std::string const& given, bool tls) {
  auto host = given;
  if (host.find("://") == host.npos) {
    host = "tcp://" + host;
  }
  if (host.starts_with("unix://") || host.starts_with("ssh://")) {
    return host;
  }
  if (host.starts_with("http://") || host.starts_with("https://")) {
    return "tcp" + host.substr(host.find("://"));
  }
  if (!host.starts_with("tcp://") || host == "tcp://") {
    return invalid_argument("unable to parse docker host `" + given + "`");
  }
  constexpr std::size_t kScheme = 6;
  auto const slash = std::min(host.find('/', kScheme), host.size());
  auto const authority = host.substr(kScheme, slash - kScheme);
  auto const bracket = authority.rfind(']');
  auto const colon = authority.rfind(':');
  bool const has_port = colon != authority.npos && (bracket == authority.npos || colon > bracket);
  return has_port ? host : "tcp://" + authority + (tls ? ":2376" : ":2375") + host.substr(slash);
}

Result<Endpoint> endpoint_of_context(std::string const& directory, std::string const& name) {
  auto const context = read_context(directory, name);
  if (!context) {
    return in_context("unable to resolve docker endpoint", context.error());
  }
  Endpoint endpoint;
  bool const any_file = !context->ca_file.empty() || !context->cert_file.empty();
  endpoint.tls = {any_file || context->skip_verify,
                  !context->skip_verify,
                  context->ca_file,
                  context->cert_file,
                  context->key_file};
  auto host = complete_host(context->host, endpoint.tls.on);
  if (!host) {
    return host.error();
  }
  endpoint.host = *host;
  return endpoint;
}

/// The context to use; "default" stands for the flags and variables themselves.
std::string choose_context(Values const& flags,
                           Surroundings const& surroundings,
                           ConfigFile const& config) {
  if (auto const name = flags.text("context"); !name.empty()) {
    return name;
  }
  if (!flags.text("host").empty() || !variable(surroundings, "DOCKER_HOST").empty()) {
    return "default";
  }
  if (auto const name = variable(surroundings, "DOCKER_CONTEXT"); !name.empty()) {
    return name;
  }
  return config.current_context.empty() ? "default" : config.current_context;
}

Result<Endpoint> endpoint_by_flags(Values const& flags, Surroundings const& surroundings) {
  Endpoint endpoint;
  endpoint.tls = tls_by_flags(flags, surroundings);
  auto host = flags.text("host");
  if (host.empty()) {
    host = variable(surroundings, "DOCKER_HOST");
  }
  if (host.empty()) {
    host = "unix://" + std::string(surroundings.exists(kOwnSocket) ? kOwnSocket : kEngineSocket);
  }
  auto complete = complete_host(host, endpoint.tls.on);
  if (!complete) {
    return complete.error();
  }
  endpoint.host = *complete;
  return endpoint;
}

}  // namespace

Surroundings real_surroundings() {
  return {[](std::string const& name) -> std::optional<std::string> {
            auto const* value = std::getenv(name.c_str());  // NOLINT(concurrency-mt-unsafe)
            return value == nullptr ? std::nullopt : std::optional<std::string>(value);
          },
          [](std::string const& path) { return std::filesystem::exists(path); }};
}

std::string config_directory(Values const& global_flags, Surroundings const& surroundings) {
  if (auto const given = global_flags.text("config"); !given.empty()) {
    return given;
  }
  if (auto const folder = variable(surroundings, "DOCKER_CONFIG"); !folder.empty()) {
    return folder;
  }
  return variable(surroundings, "HOME") + "/.docker";
}

Result<Endpoint> find_endpoint(Values const& global_flags, Surroundings const& surroundings) {
  if (!global_flags.text("context").empty() && !global_flags.text("host").empty()) {
    return invalid_argument("conflicting options: either specify --host or --context, not both");
  }
  auto const directory = config_directory(global_flags, surroundings);
  auto const config = read_config_file(directory);
  if (!config) {
    return config.error();
  }
  auto const context = choose_context(global_flags, surroundings, *config);
  auto endpoint = context == "default" ? endpoint_by_flags(global_flags, surroundings)
                                       : endpoint_of_context(directory, context);
  if (endpoint) {
    endpoint->headers = config->http_headers;
  }
  return endpoint;
}

}  // namespace swarmward::cli
