#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include <nlohmann/json.hpp>

#include "wire/body.h"
#include "wire/node.h"
#include "wire/payload.h"
#include "wire/registry.h"
#include "wire/service.h"
#include "wire/swarm.h"
#include "wire/validate/payload_spec.h"
#include "wire/validate/service_spec.h"

namespace {

namespace wire = swarmward::wire;

/// A spec that we accepted must come back from its own text as it is.
void check_spec(nlohmann::json const& document) {
  auto spec = wire::service_spec_from_json(document);
  if (!spec) {
    return;
  }
  static_cast<void>(wire::validate_service_spec(*spec));
  auto const shown = wire::to_json(*spec);
  auto const again = wire::service_spec_from_json(shown);
  if (!again || wire::to_json(*again) != shown) {
    std::abort();
  }
  wire::trim_for_version(*spec, 1, 39);
  static_cast<void>(wire::to_json(wire::insert_defaults(*std::move(spec))));
}

/// What is stored stays as it is when it is sent again, and is a header without line breaks.
void check_login(nlohmann::json const& document) {
  auto const login = wire::registry_login_from_json(document);
  if (!login) {
    return;
  }
  nlohmann::json again;
  again["ServerAddress"] = login->server;
  again["Username"] = login->user_name;
  again["Password"] = login->password;
  again["IdentityToken"] = login->identity_token;
  auto const second = wire::registry_login_from_json(again);
  if (!second || *second != *login) {
    std::abort();
  }
  if (wire::registry_auth_header(*login).find_first_of("\r\n+/") != std::string::npos) {
    std::abort();
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
  std::string_view const text(reinterpret_cast<char const*>(data), size);
  if (auto const document = wire::parse_body(text)) {
    check_spec(*document);
    if (auto const secret = wire::secret_spec_from_json(*document)) {
      static_cast<void>(wire::validate_secret_spec(*secret));
    }
    if (auto const config = wire::config_spec_from_json(*document)) {
      static_cast<void>(wire::validate_config_spec(*config));
    }
    check_login(*document);
    static_cast<void>(wire::node_spec_from_json(*document));
    static_cast<void>(wire::swarm_spec_from_json(*document));
    static_cast<void>(wire::init_request_from_json(*document));
    static_cast<void>(wire::join_request_from_json(*document));
  }
  return 0;
}
