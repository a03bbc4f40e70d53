#include "api/server/http_message.h"

#include <algorithm>
#include <charconv>

#include "api/server/http_head.h"

namespace swarmward::api {

namespace {

/// Empty is 0, as dockerd reads it; what does not fit is larger than any version.
unsigned version_part(std::string_view digits) {
  unsigned value = 0;
  auto const [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  return error == std::errc::result_out_of_range ? ~0U : value;
}

}  // namespace

asio::awaitable<Result<std::shared_ptr<Upstream const>>> RequestHandler::find_upstream(
    std::string /*path*/) const {
  co_return std::shared_ptr<Upstream const>();
}

std::string to_string(ApiVersion version) {
  return std::to_string(version.major) + "." + std::to_string(version.minor);
}

std::optional<ApiVersion> parse_api_version(std::string_view text) {
  if (text.empty() || text.find_first_not_of("0123456789.") != std::string_view::npos) {
    return std::nullopt;
  }
  ApiVersion version{0, 0};
  auto const dot = std::min(text.find('.'), text.size());
  version.major = version_part(text.substr(0, dot));
  if (dot < text.size()) {
    auto const rest = text.substr(dot + 1);
    version.minor = version_part(rest.substr(0, rest.find('.')));
  }
  return version;
}

std::string Request::header(std::string_view name) const {
  auto const found = std::ranges::find_if(
      headers, [&](auto const& header) { return same_header(header.first, name); });
  return found == headers.end() ? std::string{} : found->second;
}

std::string Request::query_value(std::string const& name) const {
  auto const found = query.lower_bound(name);  // The first of equal keys, in the order sent.
  return found == query.end() || found->first != name ? std::string{} : found->second;
}

}  // namespace swarmward::api
