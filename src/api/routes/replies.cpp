#include "api/routes/replies.h"

#include <algorithm>
#include <cctype>

#include <nlohmann/json.hpp>

#include "wire/body.h"

namespace swarmward::api {

namespace {

/// The type without its parameters, in lower case.
std::string media_type(std::string_view header) {
  std::string type(header.substr(0, header.find(';')));
  std::erase_if(type, [](unsigned char c) { return std::isspace(c) != 0; });
  std::ranges::transform(
      type, type.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return type;
}

}  // namespace

Response json_reply(nlohmann::json const& document, unsigned status) {
  Response response;
  response.status = status;
  response.body = wire::dump_json(document) + "\n";
  return response;
}

Response list_reply(std::vector<std::string> const& documents) {
  std::size_t size = 3;
  for (auto const& document : documents) {
    size += document.size() + 1;
  }
  Response response;
  response.body.reserve(size);
  response.body = "[";
  for (auto const& document : documents) {
    if (response.body.size() > 1) {
      response.body += ',';
    }
    response.body += document;
  }
  response.body += "]\n";
  return response;
}

Response empty_reply() {
  Response response;
  response.content_type.clear();
  return response;
}

Result<nlohmann::json> read_json(Request const& request) {
  auto const header = request.header("Content-Type");
  if (!request.body.empty()) {
    auto const type = media_type(header);
    if (type.empty()) {
      return invalid_argument("malformed Content-Type header (" + header +
                              "): mime: no media type");
    }
    if (type != "application/json") {
      return invalid_argument("unsupported Content-Type header (" + header +
                              "): must be 'application/json'");
    }
  }
  return wire::parse_body(request.body);
}

}  // namespace swarmward::api
