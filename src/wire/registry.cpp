#include "wire/registry.h"

#include <algorithm>
#include <string>
#include <string_view>

#include <nlohmann/json.hpp>

#include "model/registry_server.h"
#include "wire/body.h"
#include "wire/codec/text.h"
#include "wire/codec/writer.h"
#include "wire/fields/registry.h"

namespace swarmward::wire {

namespace {

constexpr std::size_t kLongestServer = 512;
constexpr std::size_t kLongestUserName = 256;
/// Tokens of cloud providers have some 4 KiB. Ten times that still fits into a header.
constexpr std::size_t kLongestSecret = 65'536;

/// Engines look for Docker Hub's credentials under the URL of its index.
constexpr std::string_view kHubIndex = "https://index.docker.io/v1/";

Result<void> check_length(std::string_view name, std::string_view text, std::size_t most) {
  if (text.size() <= most) {
    return {};
  }
  return invalid_argument(std::string(name) + " is too long: " + std::to_string(text.size()) +
                          " bytes, at most " + std::to_string(most) + " are taken");
}

Result<void> check_lengths(model::RegistryLogin const& login) {
  if (auto fits = check_length("ServerAddress", login.server, kLongestServer); !fits) {
    return fits;
  }
  if (auto fits = check_length("Username", login.user_name, kLongestUserName); !fits) {
    return fits;
  }
  if (auto fits = check_length("Password", login.password, kLongestSecret); !fits) {
    return fits;
  }
  return check_length("IdentityToken", login.identity_token, kLongestSecret);
}

/// It is printed in lists.
bool is_printable(std::string_view text) {
  return std::ranges::none_of(text, [](unsigned char c) { return c < ' ' || c == 0x7f; });
}

Result<void> check_login(model::RegistryLogin const& login) {
  if (!is_printable(login.user_name)) {
    return invalid_argument("Username holds control characters: send it without line breaks");
  }
  if (login.password.empty() == login.identity_token.empty()) {
    return invalid_argument("give either Username and Password or IdentityToken, and not both");
  }
  if (login.user_name.empty() && !login.password.empty()) {
    return invalid_argument("Username is missing: a Password is for a user");
  }
  return {};
}

}  // namespace

nlohmann::json to_json(model::RegistryCredential const& credential) {
  nlohmann::json document;
  Writer writer(document);
  describe(writer, credential);
  return document;
}

Result<model::RegistryLogin> registry_login_from_json(nlohmann::json const& document) {
  model::RegistryLogin login;
  if (auto const read = Reader(document, Form::Api).into(login); !read) {
    return read.error();
  }
  if (auto const fits = check_lengths(login); !fits) {
    return fits.error();
  }
  if (login.server.empty()) {
    return invalid_argument(
        "ServerAddress is missing: name the registry, such as registry.example.com:5000 or "
        "docker.io");
  }
  auto server = model::normal_registry(login.server);
  if (!model::is_registry(server)) {
    return invalid_argument("invalid ServerAddress " + go_quote(login.server) +
                            ": use HOST or HOST:PORT, as images of that registry are called");
  }
  login.server = std::move(server);
  if (auto const fits = check_login(login); !fits) {
    return fits.error();
  }
  return login;
}

std::string registry_auth_header(model::RegistryLogin const& login) {
  nlohmann::json document;
  document["serveraddress"] = login.server == model::kDockerHub ? kHubIndex : login.server;
  document["username"] = login.user_name;
  if (login.identity_token.empty()) {
    document["password"] = login.password;
  } else {
    document["identitytoken"] = login.identity_token;
  }
  auto text = base64_encode(dump_json(document));
  std::ranges::replace(text, '+', '-');
  std::ranges::replace(text, '/', '_');
  return text;
}

}  // namespace swarmward::wire
