#include "api/routes/log_progress.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <string>

namespace swarmward::api {

namespace {

std::string unix_text(Time time) {
  auto const seconds = std::chrono::floor<std::chrono::seconds>(time);
  std::array<char, 40> text{};
  auto const length = std::snprintf(text.data(),
                                    text.size(),
                                    "%lld.%09lld",
                                    static_cast<long long>(seconds.time_since_epoch().count()),
                                    static_cast<long long>((time - seconds).count()));
  return {text.data(), static_cast<std::size_t>(length)};
}

}  // namespace

void LogProgress::begin(Time now) {
  if (!begun_) {
    begun_ = true;
    first_begun_ = now;
  }
  repeats_ = given_;
}

bool LogProgress::take(std::string_view timestamp) {
  auto const time = parse_time(timestamp);
  if (!time) {
    return true;
  }
  if (auto const repeat = repeats_.find(*time); repeat != repeats_.end()) {
    repeats_.erase(repeat);
    return false;
  }
  if (given_.empty()) {
    floor_ = *time;  // What was before it the client did not ask for.
  }
  given_.insert(*time);
  while (*given_.begin() < *given_.rbegin() - kDisorder) {
    given_.erase(given_.begin());
  }
  while (given_.size() > kMostKept) {
    floor_ = std::max(floor_, *given_.begin() + Duration(1));
    given_.erase(given_.begin(), given_.lower_bound(floor_));
  }
  return true;
}

Time LogProgress::resume_at() const {
  return given_.empty() ? first_begun_ : std::max(floor_, *given_.rbegin() - kDisorder);
}

backends::LogQuery LogProgress::next(backends::LogQuery query) const {
  bool const all = given_.empty() && query.tail == "all";
  if (begun_ && !all) {
    query.tail = "all";
    query.since = unix_text(resume_at());
  }
  return query;
}

}  // namespace swarmward::api
