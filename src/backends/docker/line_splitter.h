#pragma once

#include <optional>
#include <string>

namespace swarmward::backends {

/// Cuts a stream of JSON lines, whatever the pieces in which it arrives.
class LineSplitter {
 public:
  void add(std::string_view piece) { pending_.append(piece); }

  /// The next complete line that is not empty, without its end.
  std::optional<std::string> next() {
    for (auto end = pending_.find('\n', start_); end != std::string::npos;
         end = pending_.find('\n', start_)) {
      auto line = pending_.substr(start_, end - start_);
      start_ = end + 1;
      while (line.ends_with('\r')) {
        line.pop_back();
      }
      if (!line.empty()) {
        return line;
      }
    }
    pending_.erase(0, start_);
    start_ = 0;
    return std::nullopt;
  }

  /// What is left at the end of the stream.
  [[nodiscard]] std::string rest() const { return pending_.substr(start_); }
  [[nodiscard]] std::size_t size() const { return pending_.size() - start_; }

 private:
  std::string pending_;
  std::size_t start_ = 0;
};

}  // namespace swarmward::backends
