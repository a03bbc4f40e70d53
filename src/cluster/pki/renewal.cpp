#include "cluster/pki/renewal.h"

#include <algorithm>
#include <array>

namespace swarmward::cluster {

namespace {

constexpr std::int64_t kEarliestPercent = 50;
constexpr std::int64_t kLatestPercent = 80;
constexpr std::chrono::seconds kPauseStep{5};
constexpr std::chrono::hours kLongestPause{1};

}  // namespace

Time plan_renewal(Time not_before, Time not_after, RandomBytes const& random) {
  std::array<std::uint8_t, 4> bytes{};
  random(bytes.data(), bytes.size());
  std::int64_t drawn = 0;
  for (auto const byte : bytes) {
    drawn = drawn * 256 + byte;
  }
  // In seconds, so that nothing overflows for the longest lifetime there is.
  using std::chrono::seconds;
  auto const begin = std::chrono::floor<seconds>(not_before);
  auto const end = std::chrono::floor<seconds>(not_after);
  auto const lifetime = std::max(end - begin, seconds(0));
  auto const span = lifetime * (kLatestPercent - kEarliestPercent) / 100;
  auto const within = seconds(static_cast<std::int64_t>(static_cast<double>(span.count()) *
                                                        static_cast<double>(drawn) / 4294967296.0));
  return begin + lifetime * kEarliestPercent / 100 + within;
}

Duration renewal_pause(unsigned failures) {
  auto const steps = std::min<std::int64_t>(failures, kLongestPause / kPauseStep);
  return kPauseStep * steps;
}

Time next_renewal(RenewalState const& state, Time now) {
  if (state.failures > 0) {
    // A clock set back must not make the pause longer than it is.
    return std::clamp(state.last_failure + renewal_pause(state.failures),
                      now,
                      now + renewal_pause(state.failures));
  }
  bool const at_once = state.told || state.not_after <= now;
  return at_once ? now : std::max(state.planned, now);
}

}  // namespace swarmward::cluster
