#include "model/schedule.h"

#include <array>
#include <charconv>
#include <string>
#include <utility>
#include <vector>

#include "model/ward_labels.h"

namespace swarmward::model {

namespace {

using std::chrono::days;
using std::chrono::seconds;

/// 29 February comes within eight years, even around 2100.
constexpr int kMostDays = 8 * 366;
constexpr days kLongestInterval{366};
constexpr seconds kDay{24 * 60 * 60};

/// What a field may hold; its names stand for the numbers from `first` on.
struct Field {
  unsigned first = 0;
  unsigned last = 0;
  std::string_view names{};  ///< Three letters each.
};
constexpr Field kSeconds{0, 59};
constexpr Field kMinutes{0, 59};
constexpr Field kHours{0, 23};
constexpr Field kDays{1, 31};
constexpr Field kMonths{1, 12, "janfebmaraprmayjunjulaugsepoctnovdec"};
constexpr Field kWeekdays{0, 7, "sunmontuewedthufrisat"};  ///< 7 is Sunday too.

constexpr std::array<std::pair<std::string_view, std::string_view>, 7> kNicknames{{
    {"@yearly", "0 0 1 1 *"},
    {"@annually", "0 0 1 1 *"},
    {"@monthly", "0 0 1 * *"},
    {"@weekly", "0 0 * * 0"},
    {"@daily", "0 0 * * *"},
    {"@midnight", "0 0 * * *"},
    {"@hourly", "0 * * * *"},
}};

/// The parts between the characters `separators`; with blanks, without empty parts.
std::vector<std::string_view> split(std::string_view text, std::string_view separators) {
  std::vector<std::string_view> parts;
  while (true) {
    auto const end = text.find_first_of(separators);
    parts.push_back(text.substr(0, end));
    if (end == std::string_view::npos) {
      break;
    }
    text.remove_prefix(end + 1);
  }
  if (separators.starts_with(' ')) {
    std::erase(parts, std::string_view{});
  }
  return parts;
}

std::optional<unsigned> read_digits(std::string_view text) {
  unsigned number = 0;
  auto const* const end = text.data() + text.size();
  auto const read = std::from_chars(text.data(), end, number);
  return read.ec == std::errc() && read.ptr == end ? std::optional(number) : std::nullopt;
}

std::optional<unsigned> read_number(std::string_view text, Field const& field) {
  if (text.size() == 3 && !field.names.empty()) {
    std::string name(text);
    for (auto& c : name) {
      c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    }
    auto const at = field.names.find(name);
    if (at != std::string_view::npos && at % 3 == 0) {
      return field.first + static_cast<unsigned>(at / 3);
    }
  }
  auto const number = read_digits(text);
  return number && *number >= field.first && *number <= field.last ? number : std::nullopt;
}

/// `*`, `5`, `1-5`, each with `/2` behind it.
std::optional<std::uint64_t> read_part(std::string_view text, Field const& field) {
  auto const slash = text.find('/');
  auto const range = text.substr(0, slash);
  unsigned step = 1;
  if (slash != std::string_view::npos) {
    auto const given = read_digits(text.substr(slash + 1));
    if (!given || *given == 0) {
      return std::nullopt;
    }
    step = *given;
  }
  auto first = std::optional(field.first);
  auto last = std::optional(field.last);
  if (range != "*" && range != "?") {
    auto const dash = range.find('-');
    first = read_number(range.substr(0, dash), field);
    if (dash != std::string_view::npos) {
      last = read_number(range.substr(dash + 1), field);
    } else if (slash == std::string_view::npos) {
      last = first;
    }
  }
  if (!first || !last || *first > *last) {
    return std::nullopt;
  }
  std::uint64_t bits = 0;
  for (auto number = std::uint64_t{*first}; number <= *last; number += step) {
    bits |= std::uint64_t{1} << number;
  }
  return bits;
}

/// No bits: it cannot be read.
std::uint64_t read_field(std::string_view text, Field const& field) {
  std::uint64_t bits = 0;
  for (auto const part : split(text, ",")) {
    auto const read = read_part(part, field);
    if (!read) {
      return 0;
    }
    bits |= *read;
  }
  return bits;
}

bool is_any(std::string_view field) {
  return field.starts_with('*') || field.starts_with('?');
}

bool has(std::uint64_t bits, std::int64_t number) {
  return (bits >> static_cast<unsigned>(number) & 1U) != 0;
}

std::string_view value_or_empty(StringMap const& labels, std::string const& name) {
  auto const found = labels.find(name);
  return found == labels.end() ? std::string_view{} : std::string_view(found->second);
}

}  // namespace

std::optional<Schedule> Schedule::parse(std::string_view text) {
  Schedule schedule;
  auto fields = split(text, " \t");
  if (fields.size() == 2 && fields[0] == "@every") {
    auto const every = parse_duration(fields[1]);
    schedule.every_ = every.value_or(Duration::zero());
    bool const sound = schedule.every_ >= seconds(1) && schedule.every_ <= kLongestInterval;
    return sound ? std::optional(schedule) : std::nullopt;
  }
  for (auto const& [name, line] : kNicknames) {
    if (fields.size() == 1 && fields[0] == name) {
      return parse(line);
    }
  }
  if (fields.size() == 6) {
    schedule.seconds_ = read_field(fields[0], kSeconds);
    fields.erase(fields.begin());
  }
  if (fields.size() != 5) {
    return std::nullopt;
  }
  schedule.minutes_ = read_field(fields[0], kMinutes);
  schedule.hours_ = read_field(fields[1], kHours);
  schedule.days_ = read_field(fields[2], kDays);
  schedule.months_ = read_field(fields[3], kMonths);
  schedule.weekdays_ = read_field(fields[4], kWeekdays);
  schedule.any_day_ = is_any(fields[2]);
  schedule.any_weekday_ = is_any(fields[4]);
  bool const sound = schedule.seconds_ != 0 && schedule.minutes_ != 0 && schedule.hours_ != 0 &&
                     schedule.days_ != 0 && schedule.months_ != 0 && schedule.weekdays_ != 0;
  schedule.weekdays_ |= schedule.weekdays_ >> 7U;
  return sound ? std::optional(schedule) : std::nullopt;
}

std::optional<Time> Schedule::next(Time after) const {
  auto const from = std::chrono::floor<seconds>(after);
  if (every_ != Duration::zero()) {
    return Time(from) + std::chrono::floor<seconds>(every_);
  }
  auto day = std::chrono::floor<days>(from);
  auto start = from - day + seconds(1);
  for (int i = 0; i < kMostDays; ++i, day += days(1), start = seconds(0)) {
    auto const found = fits(day) && start < kDay ? next_within_day(start) : std::nullopt;
    if (found) {
      return Time(day + *found);
    }
  }
  return std::nullopt;
}

bool Schedule::fits(std::chrono::sys_days day) const {
  std::chrono::year_month_day const date(day);
  if (!has(months_, static_cast<unsigned>(date.month()))) {
    return false;
  }
  bool const by_date = has(days_, static_cast<unsigned>(date.day()));
  bool const by_weekday = has(weekdays_, std::chrono::weekday(day).c_encoding());
  return any_day_ || any_weekday_ ? by_date && by_weekday : by_date || by_weekday;
}

std::optional<std::chrono::seconds> Schedule::next_within_day(std::chrono::seconds from) const {
  std::chrono::hh_mm_ss const start(from);
  auto minute = start.minutes().count();
  auto second = start.seconds().count();
  for (auto hour = start.hours().count(); hour < 24; ++hour, minute = 0, second = 0) {
    for (; has(hours_, hour) && minute < 60; ++minute, second = 0) {
      for (; has(minutes_, minute) && second < 60; ++second) {
        if (has(seconds_, second)) {
          return std::chrono::hours(hour) + std::chrono::minutes(minute) + seconds(second);
        }
      }
    }
  }
  return std::nullopt;
}

std::optional<ScheduledRun> scheduled_run(StringMap const& service_labels) {
  std::string prefix = "ward.schedule";
  auto line = value_or_empty(service_labels, prefix);
  if (line.empty() && value_or_empty(service_labels, "swarm.cronjob.enable") == "true") {
    prefix = "swarm.cronjob";
    line = value_or_empty(service_labels, "swarm.cronjob.schedule");
  }
  auto schedule = line.empty() ? std::nullopt : Schedule::parse(line);
  if (!schedule) {
    return std::nullopt;
  }
  ScheduledRun run{*schedule};
  run.skip_running = value_or_empty(service_labels, prefix + ".skip-running") == "true";
  run.replicas = read_digits(value_or_empty(service_labels, prefix + ".replicas")).value_or(1);
  return run;
}

}  // namespace swarmward::model
