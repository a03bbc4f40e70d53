#pragma once

#include <cmath>
#include <cstdint>
#include <vector>

#include "base/id.h"
#include "base/time.h"

namespace swarmward::scheduler::simulation {

/// All chance of a simulated world comes from one of these. SplitMix64: the same numbers
/// everywhere, which the standard library's distributions do not promise.
class Random {
 public:
  explicit Random(std::uint64_t seed) : state_(seed * 0x9E3779B97F4A7C15ULL + 1) {}

  std::uint64_t next() {
    auto mixed = (state_ += 0x9E3779B97F4A7C15ULL);
    mixed = (mixed ^ (mixed >> 30U)) * 0xBF58476D1CE4E5B9ULL;
    mixed = (mixed ^ (mixed >> 27U)) * 0x94D049BB133111EBULL;
    return mixed ^ (mixed >> 31U);
  }
  /// In [0, 1).
  double share() { return static_cast<double>(next() >> 11U) * 0x1.0p-53; }
  bool chance(double probability) { return share() < probability; }
  /// Both ends included.
  std::uint64_t between(std::uint64_t least, std::uint64_t most) {
    return least + next() % (most - least + 1);
  }
  std::size_t below(std::size_t count) { return static_cast<std::size_t>(next() % count); }
  Duration between(Duration least, Duration most) {
    return least + Duration(static_cast<std::int64_t>(share() *
                                                      static_cast<double>((most - least).count())));
  }
  /// Exponential: what happens at any moment alike.
  Duration about(Duration mean) {
    return Duration(
        static_cast<std::int64_t>(-std::log(1 - share()) * static_cast<double>(mean.count())));
  }
  template <class T>
  T const& pick(std::vector<T> const& all) {
    return all[below(all.size())];
  }
  /// For ids. The random outlives what is returned.
  RandomBytes bytes() {
    return [this](std::uint8_t* data, std::size_t size) {
      for (std::size_t i = 0; i < size; ++i) {
        data[i] = static_cast<std::uint8_t>(next());
      }
    };
  }
  /// Another source, so that what one part draws does not move the others.
  Random fork() { return Random(next()); }

 private:
  std::uint64_t state_;
};

}  // namespace swarmward::scheduler::simulation
