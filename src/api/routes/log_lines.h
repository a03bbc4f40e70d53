#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace swarmward::api {

/// Where a line of output was written to; the first byte of a frame's head.
enum class LogSource : std::uint8_t { Stdin = 0, Stdout = 1, Stderr = 2, SystemError = 3 };

/// One line of a container, taken apart.
struct LogLine {
  LogSource source = LogSource::Stdout;
  std::string timestamp;   ///< As the engine wrote it; empty if none were asked for.
  std::string attributes;  ///< The log driver's details, "key=value,…"; often empty.
  std::string text;        ///< Without the line end.
  bool operator==(LogLine const&) const = default;
};

/// The form in which an engine sends a container's log.
struct LogFormat {
  bool framed = true;  ///< 8-byte heads; not so with a TTY.
  bool timestamps = false;
  bool details = false;
};

/// Cuts an engine's log stream into lines, however the bytes arrive. Never fails: what is no frame
/// is dropped.
class LogLineReader {
 public:
  /// Longer lines are cut into several, so that a client cannot make us keep all it writes.
  static constexpr std::size_t kMaxLine = std::size_t{1} << 20U;

  explicit LogLineReader(LogFormat format) : format_(format) {}

  /// The lines that end in `bytes`, in order.
  [[nodiscard]] std::vector<LogLine> feed(std::string_view bytes);
  /// What has begun but not ended when the stream does.
  [[nodiscard]] std::vector<LogLine> finish();

 private:
  /// A line whose end has not come yet.
  struct Open {
    LogLine line;
    bool begun = false;
  };

  void feed_frames(std::string_view bytes, std::vector<LogLine>& lines);
  void feed_raw(std::string_view bytes, std::vector<LogLine>& lines);
  [[nodiscard]] std::size_t raw_part(std::string_view text) const;
  void take_part(std::string_view part, Open& open) const;
  static void close(Open& open, std::vector<LogLine>& lines);
  void take_payload(std::string_view payload, Open& open, std::vector<LogLine>& lines) const;

  LogFormat format_;
  std::string pending_;   ///< An unfinished frame, or without frames an unfinished line.
  std::size_t skip_ = 0;  ///< Bytes left of a frame that is too large to be a log message.
  std::array<Open, 3> open_;
};

/// A frame as clients read it: type, length, payload.
[[nodiscard]] std::string log_frame(LogSource source, std::string_view payload);

/// The details of a line of a swarm: its attributes and the three ids, sorted by key.
[[nodiscard]] std::string swarm_details(std::string_view attributes,
                                        std::string_view node,
                                        std::string_view service,
                                        std::string_view task);

}  // namespace swarmward::api
