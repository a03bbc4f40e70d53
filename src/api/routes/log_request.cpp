#include "api/routes/log_request.h"

#include <algorithm>
#include <charconv>

#include "wire/query.h"

namespace swarmward::api {

namespace {

bool all_digits(std::string_view text) {
  return !text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos;
}

Result<std::string> parse_tail(std::string const& text) {
  if (text.empty() || text == "all") {
    return std::string("all");
  }
  std::int64_t count = 0;
  auto const [end, error] = std::from_chars(text.data(), text.data() + text.size(), count);
  if (error != std::errc() || end != text.data() + text.size()) {
    return internal_error("tail value must be a positive integer or \"all\"");
  }
  if (count < 0) {
    return internal_error("negative tail values not supported");
  }
  return std::to_string(count);
}

/// Unix seconds, optionally with a fraction. Empty: from the beginning.
Result<std::string> parse_since(std::string const& text) {
  bool const before_the_epoch = text.starts_with('-') && all_digits(text.substr(1));
  if (text.empty() || text == "0" || before_the_epoch) {
    return std::string{};
  }
  auto const dot = text.find('.');
  for (auto const& part :
       {text.substr(0, dot), dot == std::string::npos ? std::string("0") : text.substr(dot + 1)}) {
    if (!all_digits(part) || part.size() > 18) {
      return internal_error("could not parse since timestamp: strconv.ParseInt: parsing \"" + part +
                            "\": invalid syntax");
    }
  }
  return text;
}

}  // namespace

Result<void> check_streams(Request const& request) {
  if (wire::loose_bool(request.query_value("stdout")) ||
      wire::loose_bool(request.query_value("stderr"))) {
    return {};
  }
  return internal_error("Bad parameters: you must choose at least one stream");
}

Result<backends::LogQuery> log_query_of(Request const& request) {
  auto const tail = parse_tail(request.query_value("tail"));
  if (!tail) {
    return tail.error();
  }
  auto const since = parse_since(request.query_value("since"));
  if (!since) {
    return since.error();
  }
  backends::LogQuery query;
  query.out = wire::loose_bool(request.query_value("stdout"));
  query.err = wire::loose_bool(request.query_value("stderr"));
  query.follow = wire::loose_bool(request.query_value("follow"));
  query.timestamps = wire::loose_bool(request.query_value("timestamps"));
  query.details = wire::loose_bool(request.query_value("details"));
  query.tail = *tail;
  query.since = *since;
  return query;
}

std::string log_content_type(ApiVersion version, bool framed) {
  return framed && version >= ApiVersion{1, 42} ? "application/vnd.docker.multiplexed-stream"
                                                : "application/vnd.docker.raw-stream";
}

}  // namespace swarmward::api
