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
  auto const with_agent = document.find("WithAgent");
  if (with_agent != document.end() && *with_agent == true) {
    return Error{ErrorCode::NotImplemented,
                 "adopting with an agent is not part of this version: leave out --with-agent, or "
                 "run swarmward on that host and join it"};
  }
  return request;
}

}  // namespace swarmward::api
