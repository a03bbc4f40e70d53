#include "api/routes/log_lines.h"

#include <algorithm>

#include "base/time.h"

namespace swarmward::api {

namespace {

constexpr std::size_t kHeadSize = 8;
/// Engines split messages at 16 KiB; much larger frames are no log messages.
constexpr std::size_t kMaxFrame = std::size_t{4} << 20U;
/// Of a line that is longer than this, engines give each such part a timestamp of its own.
constexpr std::size_t kPartSize = 16384;
/// As engines write it, always with nine digits of a second.
constexpr std::size_t kTimestampSize = 30;

std::size_t payload_size(std::string_view head) {
  std::size_t size = 0;
  for (std::size_t i = 4; i < kHeadSize; ++i) {
    size = size << 8U | static_cast<unsigned char>(head[i]);
  }
  return size;
}

/// Cuts off the text up to the next space, and the space.
std::string_view take_word(std::string_view& text) {
  auto const word = text.substr(0, text.find(' '));
  text.remove_prefix(std::min(word.size() + 1, text.size()));
  return word;
}

bool starts_with_timestamp(std::string_view text) {
  return text.size() > kTimestampSize && text[kTimestampSize] == ' ' &&
         parse_time(text.substr(0, kTimestampSize));
}

}  // namespace

std::vector<LogLine> LogLineReader::feed(std::string_view bytes) {
  std::vector<LogLine> lines;
  if (format_.framed) {
    feed_frames(bytes, lines);
  } else {
    feed_raw(bytes, lines);
  }
  return lines;
}

void LogLineReader::feed_frames(std::string_view bytes, std::vector<LogLine>& lines) {
  auto const skipped = std::min(skip_, bytes.size());
  skip_ -= skipped;
  bytes.remove_prefix(skipped);
  pending_ += bytes;
  std::string_view rest = pending_;
  while (rest.size() >= kHeadSize) {
    auto const size = payload_size(rest);
    if (size > kMaxFrame) {
      auto const here = std::min(size + kHeadSize, rest.size());
      skip_ = size + kHeadSize - here;
      rest.remove_prefix(here);
      continue;
    }
    if (rest.size() < kHeadSize + size) {
      break;
    }
    auto const source = static_cast<unsigned char>(rest[0]);
    if (source < open_.size()) {
      auto& open = open_.at(source);
      open.line.source = static_cast<LogSource>(source);
      take_payload(rest.substr(kHeadSize, size), open, lines);
    }
    rest.remove_prefix(kHeadSize + size);
  }
  pending_.erase(0, pending_.size() - rest.size());
}

void LogLineReader::feed_raw(std::string_view bytes, std::vector<LogLine>& lines) {
  // A piece may end anywhere, even inside a timestamp: only whole lines are taken apart.
  pending_ += bytes;
  auto& open = open_.at(static_cast<std::size_t>(LogSource::Stdout));
  std::string_view rest = pending_;
  for (auto end = rest.find('\n'); !rest.empty(); end = rest.find('\n')) {
    auto const part = raw_part(rest);
    if (part == 0 && end == std::string_view::npos) {
      break;
    }
    take_part(rest.substr(0, part > 0 ? part : end), open);
    if (part == 0 || open.line.text.size() >= kMaxLine) {
      close(open, lines);
    }
    rest.remove_prefix(part > 0 ? part : end + 1);
  }
  pending_.erase(0, pending_.size() - rest.size());
  if (pending_.size() >= kMaxLine) {
    take_part(pending_, open);
    close(open, lines);
    pending_.clear();
  }
}

/// The size of what `text` begins with, if that is a part of a line with another part behind it.
std::size_t LogLineReader::raw_part(std::string_view text) const {
  if (!format_.timestamps) {
    return 0;
  }
  auto rest = text;
  take_word(rest);
  if (format_.details) {
    take_word(rest);
  }
  auto const size = text.size() - rest.size() + std::min(rest.size(), kPartSize);
  bool const more = text.substr(0, size).find('\n') == std::string_view::npos &&
                    starts_with_timestamp(text.substr(size));
  return more ? size : 0;
}

void LogLineReader::take_payload(std::string_view payload,
                                 Open& open,
                                 std::vector<LogLine>& lines) const {
  // Engines send long lines as several messages, each with its own prefix, only the last with an
  // end of line.
  while (!payload.empty()) {
    auto const end = payload.find('\n');
    take_part(payload.substr(0, end), open);
    if (end != std::string_view::npos || open.line.text.size() >= kMaxLine) {
      close(open, lines);
    }
    payload.remove_prefix(end == std::string_view::npos ? payload.size() : end + 1);
  }
}

void LogLineReader::take_part(std::string_view part, Open& open) const {
  auto const timestamp = format_.timestamps ? take_word(part) : std::string_view{};
  auto const attributes = format_.details ? take_word(part) : std::string_view{};
  if (!open.begun) {
    open.begun = true;
    open.line.timestamp = timestamp;
    open.line.attributes = attributes;
  }
  open.line.text += part;
}

void LogLineReader::close(Open& open, std::vector<LogLine>& lines) {
  auto const source = open.line.source;
  lines.push_back(std::move(open.line));
  open = Open{};
  open.line.source = source;
}

std::vector<LogLine> LogLineReader::finish() {
  std::vector<LogLine> lines;
  if (!format_.framed && !pending_.empty()) {
    take_part(pending_, open_.at(static_cast<std::size_t>(LogSource::Stdout)));
  }
  pending_.clear();
  for (auto& open : open_) {
    if (open.begun) {
      close(open, lines);
    }
  }
  return lines;
}

std::string log_frame(LogSource source, std::string_view payload) {
  std::string frame(kHeadSize, '\0');
  frame[0] = static_cast<char>(source);
  for (std::size_t i = 0; i < 4; ++i) {
    frame[kHeadSize - 1 - i] = static_cast<char>(payload.size() >> (8 * i) & 0xffU);
  }
  frame += payload;
  return frame;
}

std::string swarm_details(std::string_view attributes,
                          std::string_view node,
                          std::string_view service,
                          std::string_view task) {
  std::vector<std::string> all{"com.docker.swarm.node.id=" + std::string(node),
                               "com.docker.swarm.service.id=" + std::string(service),
                               "com.docker.swarm.task.id=" + std::string(task)};
  while (!attributes.empty()) {
    auto const one = attributes.substr(0, attributes.find(','));
    // A container's own labels cannot stand in for the ids.
    if (!one.empty() && !one.starts_with("com.docker.swarm.node.id=") &&
        !one.starts_with("com.docker.swarm.service.id=") &&
        !one.starts_with("com.docker.swarm.task.id=")) {
      all.emplace_back(one);
    }
    attributes.remove_prefix(std::min(one.size() + 1, attributes.size()));
  }
  std::ranges::sort(all, {}, [](std::string const& one) { return one.substr(0, one.find('=')); });
  std::string details;
  for (auto const& one : all) {
    details += details.empty() ? one : "," + one;
  }
  return details;
}

}  // namespace swarmward::api
