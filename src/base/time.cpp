#include "base/time.h"

#include <array>
#include <charconv>
#include <cstdio>
#include <optional>

namespace swarmward {

namespace {

constexpr std::string_view kGoZeroTime = "0001-01-01T00:00:00Z";

std::optional<int> digits(std::string_view text, std::size_t at, std::size_t count) {
  if (at + count > text.size()) {
    return std::nullopt;
  }
  int value = 0;
  auto const* end = text.data() + at + count;
  auto const [stop, error] = std::from_chars(text.data() + at, end, value);
  if (error != std::errc() || stop != end || text[at] == '-') {
    return std::nullopt;
  }
  return value;
}

/// Seconds east of UTC at the end of an RFC 3339 text, or nothing if it is malformed.
std::optional<int> zone_offset(std::string_view zone) {
  if (zone == "Z" || zone == "z") {
    return 0;
  }
  auto const hours = digits(zone, 1, 2);
  auto const minutes = digits(zone, 4, 2);
  if (zone.size() != 6 || (zone[0] != '+' && zone[0] != '-') || zone[3] != ':' || !hours ||
      !minutes) {
    return std::nullopt;
  }
  int const seconds = *hours * 3600 + *minutes * 60;
  return zone[0] == '-' ? -seconds : seconds;
}

}  // namespace

std::string format_time(Time time) {
  if (time == Time{}) {
    return std::string(kGoZeroTime);
  }
  auto const days = std::chrono::floor<std::chrono::days>(time);
  std::chrono::year_month_day const date{days};
  std::chrono::hh_mm_ss const clock{time - days};
  std::array<char, 40> buffer{};
  int const length = std::snprintf(buffer.data(),
                                   buffer.size(),
                                   "%04d-%02u-%02uT%02d:%02d:%02d.%09lld",
                                   static_cast<int>(date.year()),
                                   static_cast<unsigned>(date.month()),
                                   static_cast<unsigned>(date.day()),
                                   static_cast<int>(clock.hours().count()),
                                   static_cast<int>(clock.minutes().count()),
                                   static_cast<int>(clock.seconds().count()),
                                   static_cast<long long>(clock.subseconds().count()));
  std::string text(buffer.data(), static_cast<std::size_t>(length));
  while (text.back() == '0') {
    text.pop_back();
  }
  if (text.back() == '.') {
    text.pop_back();
  }
  return text + "Z";
}

Result<Time> parse_time(std::string_view text) {
  if (text == kGoZeroTime) {
    return Time{};
  }
  auto const bad = [&] {
    return invalid_argument("cannot parse time \"" + std::string(text) + "\"");
  };
  auto const year = digits(text, 0, 4);
  auto const month = digits(text, 5, 2);
  auto const day = digits(text, 8, 2);
  auto const hour = digits(text, 11, 2);
  auto const minute = digits(text, 14, 2);
  auto const second = digits(text, 17, 2);
  if (!year || !month || !day || !hour || !minute || !second) {
    return bad();
  }
  std::size_t at = 19;
  long long nanoseconds = 0;
  if (at < text.size() && text[at] == '.') {
    long long scale = 100'000'000;
    for (++at; at < text.size() && text[at] >= '0' && text[at] <= '9'; ++at, scale /= 10) {
      nanoseconds += (text[at] - '0') * scale;
    }
  }
  auto const offset = zone_offset(text.substr(at));
  std::chrono::year_month_day const date{std::chrono::year(*year),
                                         std::chrono::month(static_cast<unsigned>(*month)),
                                         std::chrono::day(static_cast<unsigned>(*day))};
  // 64 bits of nanoseconds reach from 1677 to 2262.
  constexpr int kFirstYear = 1678;
  constexpr int kLastYear = 2261;
  if (!offset || !date.ok() || *year < kFirstYear || *year > kLastYear) {
    return bad();
  }
  return Time(std::chrono::sys_days(date).time_since_epoch() + std::chrono::hours(*hour) +
              std::chrono::minutes(*minute) + std::chrono::seconds(*second - *offset) +
              Duration(nanoseconds));
}

}  // namespace swarmward
