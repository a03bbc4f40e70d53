#include "cli/connect/requests.h"

#include <cctype>

namespace swarmward::cli {

namespace {

std::string message_of(Answer const& answer) {
  auto const document = nlohmann::json::parse(answer.body, nullptr, false);
  if (document.is_object() && document.contains("message") && document["message"].is_string()) {
    return document["message"].get<std::string>();
  }
  auto text = answer.body;
  while (!text.empty() && std::isspace(static_cast<unsigned char>(text.back())) != 0) {
    text.pop_back();
  }
  return text.empty() ? "status " + std::to_string(answer.status) : text;
}

/// Nobody but swarmward has paths below /ward, and an older one has not all of them.
Error unknown_path(Requests& daemon, std::string const& path) {
  auto const where = daemon.where();
  auto const text = "the daemon at " + (where ? *where : std::string("that address")) +
                    " does not know " + path.substr(0, path.find('?'));
  auto const version = daemon.send("GET", "/ward/version", {});
  if (version && version->status == 200) {
    return not_found(text + ": it is older than this plugin");
  }
  return not_found(text +
                   ": it is not swarmward.\nPoint DOCKER_HOST or a context at swarmward: export "
                   "DOCKER_HOST=unix:///run/swarmward/docker.sock");
}

}  // namespace

Result<nlohmann::json> ask(Requests& daemon,
                           std::string const& method,
                           std::string const& path,
                           std::string const& body) {
  auto const answer = daemon.send(method, path, body);
  if (!answer) {
    return answer.error();
  }
  if (answer->status >= 300) {
    auto const message = message_of(*answer);
    if (answer->status == 404 && message == "page not found") {
      return unknown_path(daemon, path);
    }
    return internal_error("Error response from daemon: " + message);
  }
  if (answer->body.empty()) {
    return Result<nlohmann::json>(boost::system::in_place_value, nullptr);
  }
  auto document = nlohmann::json::parse(answer->body, nullptr, false);
  if (document.is_discarded()) {
    return internal_error("the daemon's answer to " + path + " is not JSON");
  }
  return Result<nlohmann::json>(boost::system::in_place_value, std::move(document));
}

}  // namespace swarmward::cli
