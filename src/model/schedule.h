#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "base/time.h"
#include "model/common.h"

namespace swarmward::model {

/// When something is done again and again: a line of a crontab without its command. In UTC, so that
/// every manager means the same.
class Schedule {
 public:
  /// Five fields (minute, hour, day of month, month, day of week) or six, with seconds in front;
  /// `*`, numbers, names of months and days, ranges, steps and lists; `@hourly`, `@daily`,
  /// `@midnight`, `@weekly`, `@monthly`, `@yearly`, `@annually`; or `@every 90s`, a year at most.
  /// Nothing for other texts. As in every cron, a day fits if it fits one of its two fields where
  /// both are given.
  [[nodiscard]] static std::optional<Schedule> parse(std::string_view text);

  /// The first time after that one, in whole seconds. Nothing if no day of the next eight years
  /// fits: 30 February.
  [[nodiscard]] std::optional<Time> next(Time after) const;

 private:
  [[nodiscard]] bool fits(std::chrono::sys_days day) const;
  [[nodiscard]] std::optional<std::chrono::seconds> next_within_day(
      std::chrono::seconds from) const;

  // A bit for each number that fits.
  std::uint64_t seconds_ = 1;
  std::uint64_t minutes_ = 0;
  std::uint64_t hours_ = 0;
  std::uint64_t days_ = 0;
  std::uint64_t months_ = 0;
  std::uint64_t weekdays_ = 0;  ///< 0 is Sunday.
  bool any_day_ = false;        ///< The field is `*`.
  bool any_weekday_ = false;
  Duration every_{};  ///< Instead of all that, if not zero.
};

/// A service that is run by a schedule.
struct ScheduledRun {
  Schedule schedule;
  bool skip_running = false;   ///< Not while tasks of the last run still run.
  std::uint64_t replicas = 1;  ///< How many tasks a replicated service gets when it is run.
};

/// `ward.schedule`, `ward.schedule.skip-running`, `ward.schedule.replicas`; or, with
/// `swarm.cronjob.enable=true`, the labels of swarm-cronjob of the same meaning. Nothing without a
/// schedule that can be read.
[[nodiscard]] std::optional<ScheduledRun> scheduled_run(StringMap const& service_labels);

}  // namespace swarmward::model
