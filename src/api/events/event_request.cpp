#include "api/events/event_request.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <limits>

#include <nlohmann/json.hpp>

#include "api/server/target.h"
#include "base/percent_encode.h"

namespace swarmward::api {

namespace {

/// Since this version clients get no old members, and JSON lines by name. Source: engine 29.
constexpr ApiVersion kJsonLines{1, 52};

Result<std::int64_t> parse_int(std::string_view text) {
  std::int64_t value = 0;
  auto const digits = text.starts_with('+') ? text.substr(1) : text;
  auto const [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  if (error == std::errc::result_out_of_range) {
    return internal_error("strconv.ParseInt: parsing \"" + std::string(text) +
                          "\": value out of range");
  }
  if (error != std::errc() || end != digits.data() + digits.size()) {
    return internal_error("strconv.ParseInt: parsing \"" + std::string(text) +
                          "\": invalid syntax");
  }
  return value;
}

/// Unix seconds with a fraction. Nothing for "" and, as in dockerd, for -1.
Result<std::optional<Time>> parse_moment(std::string const& text) {
  if (text.empty()) {
    return std::optional<Time>{};
  }
  auto const dot = text.find('.');
  auto const seconds = parse_int(text.substr(0, dot));
  if (!seconds) {
    return seconds.error();
  }
  std::int64_t nanoseconds = 0;
  if (dot != std::string::npos) {
    auto const fraction = text.substr(dot + 1);
    auto const parsed = parse_int(fraction);
    if (!parsed) {
      return parsed.error();
    }
    auto const places = 9.0 - static_cast<double>(fraction.size());
    nanoseconds = static_cast<std::int64_t>(static_cast<double>(*parsed) * std::pow(10.0, places));
  }
  if (*seconds == -1) {
    return std::optional<Time>{};
  }
  // The clock's range ends with the year 2262; later is as good as never.
  constexpr std::int64_t kFurthest = std::numeric_limits<std::int64_t>::max() / 1'000'000'000 - 1;
  return std::optional(Time(std::chrono::seconds(std::clamp(*seconds, -kFurthest, kFurthest)) +
                            Duration(nanoseconds)));
}

std::string render_moment(Time time) {
  auto const since_epoch = time.time_since_epoch();
  auto const seconds = std::chrono::floor<std::chrono::seconds>(since_epoch);
  auto fraction = std::to_string((since_epoch - seconds).count());
  fraction.insert(0, 9 - std::min<std::size_t>(9, fraction.size()), '0');
  return std::to_string(seconds.count()) + "." + fraction;
}

EventFormat format_of(Request const& request) {
  EventFormat format;
  format.old_members = request.version < kJsonLines;
  auto const accepted = request.header("Accept");
  for (std::string_view const known :
       {"application/json-seq", "application/x-ndjson", "application/jsonl"}) {
    if (accepted.find(known) != std::string::npos) {
      format.content_type = known;
      format.record_separators = known == "application/json-seq";
      return format;
    }
  }
  if (request.version >= kJsonLines) {
    format.content_type = "application/jsonl";
  }
  return format;
}

}  // namespace

Result<EventRequest> event_request_of(Request const& request) {
  auto const since = parse_moment(request.query_value("since"));
  if (!since) {
    return since.error();
  }
  auto const until = parse_moment(request.query_value("until"));
  if (!until) {
    return until.error();
  }
  if (*since && *until && **until < **since) {
    return invalid_argument("`since` time (" + request.query_value("since") +
                            ") cannot be after `until` time (" + request.query_value("until") +
                            ")");
  }
  EventRequest asked;
  asked.since = *since;
  asked.until = *until;
  asked.raw_filters = request.query_value("filters");
  auto filters = wire::parse_filters(asked.raw_filters);
  if (!filters) {
    return filters.error();
  }
  asked.filters = std::move(*filters);
  asked.format = format_of(request);
  return asked;
}

std::string engine_events_target(EventRequest const& request,
                                 std::optional<Time> since,
                                 std::optional<Time> until) {
  std::string query;
  auto const add = [&query](std::string_view name, std::string const& value) {
    query.append(query.empty() ? "?" : "&").append(name).append("=").append(value);
  };
  if (since) {
    add("since", render_moment(*since));
  }
  if (until) {
    add("until", render_moment(*until));
  }
  if (!request.raw_filters.empty()) {
    add("filters", percent_encode(request.raw_filters));
  }
  return "/events" + query;
}

std::string engine_line(EventFormat const& format, std::string line) {
  if (format.old_members) {
    return framed(format, line);
  }
  auto document = nlohmann::ordered_json::parse(line, nullptr, false);
  if (!document.is_object()) {
    return framed(format, line);
  }
  for (auto const* name : {"status", "id", "from"}) {
    document.erase(name);
  }
  using Handler = nlohmann::ordered_json::error_handler_t;
  return framed(format, document.dump(-1, ' ', false, Handler::replace));
}

std::string framed(EventFormat const& format, std::string_view event) {
  std::string record = format.record_separators ? "\x1e" : "";
  return record.append(event).append("\n");
}

}  // namespace swarmward::api
