#include "api/ward/adopt_request.h"

#include <algorithm>

#include <nlohmann/json.hpp>

namespace swarmward::api {

namespace {

using nlohmann::json;

constexpr std::size_t kLongestName = 63;

/// Reads `key` if it is there. False: it is no text.
bool read_text(json const& from, char const* key, std::string& into) {
  auto const found = from.find(key);
  if (found == from.end() || found->is_null()) {
    return true;
  }
  if (!found->is_string()) {
    return false;
  }
  into = found->get<std::string>();
  return true;
}

/// A name as hosts have them: it is shown where theirs are, and used in commands.
bool is_host_name(std::string const& name) {
  return !name.empty() && name.size() <= kLongestName && name.front() != '-' &&
         std::ranges::all_of(name, [](unsigned char c) {
           return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                  c == '.' || c == '_' || c == '-';
         });
}

/// A path that means the same to every engine: it becomes the source of a mount and part of a URL.
bool is_plain_path(std::string const& path) {
  return path.size() > 1 && path.front() == '/' && path.back() != '/' &&
         std::ranges::none_of(path, [](unsigned char c) { return c < ' ' || c == 0x7f; });
}

Result<void> read_agent(json const& document, AdoptRequest& request) {
  auto const with_agent = document.value("WithAgent", json());
  if (!with_agent.is_null() && !with_agent.is_boolean()) {
    return invalid_argument("WithAgent must be true or false");
  }
  request.with_agent = with_agent == true;
  std::string socket;
  if (!read_text(document, "EngineSocket", socket) || (!socket.empty() && !is_plain_path(socket))) {
    return invalid_argument("EngineSocket must be the absolute path of a socket");
  }
  if (!socket.empty() && !request.with_agent) {
    return invalid_argument("EngineSocket is for hosts that get an agent (--with-agent)");
  }
  if (!socket.empty()) {
    request.engine_socket = std::move(socket);
  }
  if (request.with_agent && request.access.url.starts_with("unix://")) {
    return invalid_argument(
        "an agent is for another host: its engine is reached by tcp:// or ssh://");
  }
  return {};
}

}  // namespace

Result<AdoptRequest> parse_adopt_request(json const& document) {
  if (!document.is_object()) {
    return invalid_argument("the body must be an object");
  }
  AdoptRequest request;
  auto& access = request.access;
  auto const tls = document.value("TLS", json::object());
  bool const fits = (tls.is_object() || tls.is_null()) &&
                    read_text(document, "Name", request.name) &&
                    read_text(document, "Address", access.url) &&
                    read_text(document, "SshIdentity", access.ssh_identity) &&
                    (tls.is_null() || (read_text(tls, "CA", access.ca) &&
                                       read_text(tls, "Certificate", access.certificate) &&
                                       read_text(tls, "Key", access.key)));
  if (!fits) {
    return invalid_argument(
        "Name, Address, SshIdentity and the parts of TLS (CA, Certificate, Key) must be texts");
  }
  if (!is_host_name(request.name)) {
    return invalid_argument("invalid name \"" + request.name +
                            "\": use at most 63 letters, digits, \".\", \"_\" and \"-\"");
  }
  if (auto agent = read_agent(document, request); !agent) {
    return agent.error();
  }
  return request;
}

}  // namespace swarmward::api
