#include "api/events/past_events.h"

#include <algorithm>

#include <nlohmann/json.hpp>

namespace swarmward::api {

namespace {

struct Record {
  std::int64_t time = 0;  ///< Nanoseconds since 1970.
  std::string text;
};

/// Of a line that tells none: that of the line before it, which keeps it in its place.
std::int64_t time_of(std::string_view line, std::int64_t otherwise) {
  auto const document = nlohmann::json::parse(line, nullptr, false);
  if (!document.is_object()) {
    return otherwise;
  }
  auto const time = document.find("timeNano");
  return time != document.end() && time->is_number_integer() ? time->get<std::int64_t>()
                                                             : otherwise;
}

void add_lines(std::vector<Record>& records, EventFormat const& format, std::string_view text) {
  std::int64_t time = 0;
  while (!text.empty()) {
    auto const end = std::min(text.find('\n'), text.size());
    std::string line(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
    if (!line.empty()) {
      time = time_of(line, time);
      records.push_back({time, engine_line(format, std::move(line))});
    }
  }
}

}  // namespace

std::string merge_past(EventRequest const& request,
                       std::vector<EventPtr> const& swarm,
                       std::string_view engine) {
  std::vector<Record> records;
  add_lines(records, request.format, engine);
  for (auto const& event : swarm) {
    if (passes(request.filters, *event)) {
      records.push_back(
          {event->time.time_since_epoch().count(), framed(request.format, render_event(*event))});
    }
  }
  std::ranges::stable_sort(records, {}, &Record::time);
  std::string text;
  for (auto const& record : records) {
    text += record.text;
  }
  return text;
}

}  // namespace swarmward::api
