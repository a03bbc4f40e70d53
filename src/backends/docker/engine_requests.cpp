#include "backends/docker/engine_requests.h"

#include <charconv>
#include <cstdio>

#include "backends/docker/json_fields.h"
#include "base/percent_encode.h"

namespace swarmward::backends {

namespace {

constexpr unsigned kNewestMinor = 44;

std::string filters(Json const& value) {
  return percent_encode(value.dump(-1, ' ', false, Json::error_handler_t::replace));
}

}  // namespace

ImageName split_image(std::string_view reference) {
  ImageName name;
  auto const at = reference.find('@');
  auto const plain = reference.substr(0, at);
  auto const slash = plain.rfind('/');
  auto const colon = plain.find(':', slash == std::string_view::npos ? 0 : slash);
  name.repository = plain.substr(0, colon);
  name.tag = colon == std::string_view::npos ? "latest" : plain.substr(colon + 1);
  if (at != std::string_view::npos) {
    name.tag = reference.substr(at + 1);
  }
  return name;
}

std::string container_path(std::string_view id, std::string_view rest) {
  return "/containers/" + percent_encode(id) + std::string(rest);
}

std::string pull_target(std::string_view reference) {
  auto const name = split_image(reference);
  return "/images/create?fromImage=" + percent_encode(name.repository) +
         "&tag=" + percent_encode(name.tag);
}

std::string list_target(std::string_view label) {
  Json value = Json::object();
  value["label"] = Json::array({std::string(label)});
  return "/containers/json?all=1&filters=" + filters(value);
}

std::string events_target(std::string_view label) {
  Json value = Json::object();
  value["type"] = Json::array({"container"});
  value["label"] = Json::array({std::string(label)});
  // Without this, each health check is three events.
  value["event"] = Json::array({"die", "destroy", "health_status", "start"});
  return "/events?filters=" + filters(value);
}

std::string logs_target(std::string_view id, LogQuery const& query) {
  auto target = "/containers/" + percent_encode(id) + "/logs?tail=" + percent_encode(query.tail);
  auto const add = [&](std::string_view name, bool value) {
    target.append("&").append(name).append(value ? "=1" : "=0");
  };
  add("stdout", query.out);
  add("stderr", query.err);
  add("follow", query.follow);
  add("timestamps", query.timestamps);
  add("details", query.details);
  if (!query.since.empty()) {
    target += "&since=" + percent_encode(query.since);
  }
  return target;
}

std::optional<std::string> spoken_version(std::string_view newest) {
  if (!newest.starts_with("1.")) {
    return std::nullopt;
  }
  unsigned minor = 0;
  auto const* end = newest.data() + newest.size();
  auto const [stop, error] = std::from_chars(newest.data() + 2, end, minor);
  if (error != std::errc{} || stop != end) {
    return std::nullopt;
  }
  return "1." + std::to_string(std::min(minor, kNewestMinor));
}

}  // namespace swarmward::backends
