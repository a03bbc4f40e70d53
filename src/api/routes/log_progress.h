#pragma once

#include <set>
#include <string_view>

#include "backends/engine.h"
#include "base/time.h"

namespace swarmward::api {

/// How far the log of one container has been read, so that a connection that broke can be replaced
/// by another one with neither a line lost nor doubled. Lines are known by their timestamps, which
/// the engine writes down once: it gives the same ones each time.
class LogProgress {
 public:
  /// The engine has begun to send what `query` asks for; `now` is this host's time.
  void begin(Time now);
  /// Whether the line is to be given to the client: false for one that was, on a connection before.
  [[nodiscard]] bool take(std::string_view timestamp);
  /// What is to be asked for on the next connection, `query` being what the client wants.
  [[nodiscard]] backends::LogQuery next(backends::LogQuery query) const;

 private:
  /// The streams of a container are written by two hands: a line may carry an earlier time than
  /// one before it. Older ones than this before the last are taken for given.
  static constexpr std::chrono::seconds kDisorder{1};
  /// Against a container that writes a line each microsecond.
  static constexpr std::size_t kMostKept = 16384;

  [[nodiscard]] Time resume_at() const;

  bool begun_ = false;
  Time first_begun_;
  Time floor_;                   ///< Nothing before it is asked for again.
  std::multiset<Time> given_;    ///< Of the last kDisorder.
  std::multiset<Time> repeats_;  ///< What this connection may still repeat.
};

}  // namespace swarmward::api
