#include "cli/connect/config_files.h"

#include <array>
#include <filesystem>
#include <fstream>
#include <sstream>

#include <nlohmann/json.hpp>
#include <openssl/evp.h>

namespace swarmward::cli {

namespace {

/// The folder of a context is named by its name's digest. Source: the docker CLI's context store.
std::string folder_of(std::string const& context) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned size = 0;
  EVP_Digest(context.data(), context.size(), digest.data(), &size, EVP_sha256(), nullptr);
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string text;
  for (unsigned at = 0; at < size; ++at) {
    text += kDigits[digest.at(at) >> 4U];
    text += kDigits[digest.at(at) & 15U];
  }
  return text;
}

std::string text_of(nlohmann::json const& object, char const* key) {
  auto const found = object.find(key);
  return found != object.end() && found->is_string() ? found->get<std::string>() : std::string{};
}

std::string if_there(std::string const& path) {
  return std::filesystem::exists(path) ? path : std::string{};
}

}  // namespace

Result<std::string> read_text_file(std::string const& path) {
  std::ifstream file(path);
  if (!file) {
    return not_found("open " + path + ": no such file or directory");
  }
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

Result<ConfigFile> read_config_file(std::string const& directory) {
  ConfigFile config;
  auto const text = read_text_file(directory + "/config.json");
  if (!text) {
    return config;
  }
  auto const document = nlohmann::json::parse(*text, nullptr, false);
  if (!document.is_object()) {
    return invalid_argument("cannot read " + directory + "/config.json: it is not a JSON object");
  }
  config.current_context = text_of(document, "currentContext");
  if (auto const headers = document.find("HttpHeaders");
      headers != document.end() && headers->is_object()) {
    for (auto const& [name, value] : headers->items()) {
      if (value.is_string()) {
        config.http_headers[name] = value.get<std::string>();
      }
    }
  }
  return config;
}

Result<StoredContext> read_context(std::string const& directory, std::string const& name) {
  auto const folder = folder_of(name);
  auto const text = read_text_file(directory + "/contexts/meta/" + folder + "/meta.json");
  if (!text) {
    return in_context("context \"" + name + "\": context not found", text.error());
  }
  auto const document = nlohmann::json::parse(*text, nullptr, false);
  auto const endpoints = document.is_object() ? document.find("Endpoints") : document.end();
  if (!document.is_object() || endpoints == document.end() || !endpoints->is_object() ||
      !endpoints->contains("docker") || !(*endpoints)["docker"].is_object()) {
    return invalid_argument("context \"" + name + "\" has no endpoint for docker");
  }
  auto const& endpoint = (*endpoints)["docker"];
  StoredContext context;
  context.host = text_of(endpoint, "Host");
  auto const skip = endpoint.find("SkipTLSVerify");
  context.skip_verify = skip != endpoint.end() && skip->is_boolean() && skip->get<bool>();
  auto const tls = directory + "/contexts/tls/" + folder + "/docker/";
  context.ca_file = if_there(tls + "ca.pem");
  context.cert_file = if_there(tls + "cert.pem");
  context.key_file = if_there(tls + "key.pem");
  return context;
}

}  // namespace swarmward::cli
