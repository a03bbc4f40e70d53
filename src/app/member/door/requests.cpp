#include "app/member/door/requests.h"

#include "base/net/host_text.h"

namespace swarmward::app {

namespace {

/// The IP address of "ip:port" or "[ip]:port".
std::string ip_part(std::string const& from) {
  auto const host = net::without_brackets(from.substr(0, from.rfind(':')));
  // IPv4 seen by a listener for both.
  return host.starts_with("::ffff:") ? host.substr(7) : host;
}

}  // namespace

api::Response json_answer(nlohmann::json const& document) {
  api::Response response;
  // Names of hosts come from outside and may not be UTF-8.
  response.body = document.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
  return response;
}

std::string address_of(nlohmann::json const& document, api::Request const& request) {
  auto const told = text_of(document, "AdvertiseAddr");
  return net::is_ip(told) ? told : ip_part(request.client->from);
}

model::Availability availability_of(nlohmann::json const& document) {
  auto const word = text_of(document, "Availability");
  return word == "drain"   ? model::Availability::Drain
         : word == "pause" ? model::Availability::Pause
                           : model::Availability::Active;
}

}  // namespace swarmward::app
