#pragma once

#include <deque>

#include "cli/keyboard.h"

namespace swarmward::cli {

/// Types what a test has prepared.
class FakeKeyboard final : public Keyboard {
 public:
  [[nodiscard]] bool is_terminal() const override { return terminal; }
  Result<std::string> line() override { return next(lines); }
  Result<std::string> hidden_line(std::function<void()> const& ask) override {
    ask();
    return next(hidden);
  }
  Result<std::string> all(std::size_t most) override {
    if (input.size() > most) {
      return invalid_argument("too much");
    }
    return input;
  }

  bool terminal = false;
  std::string input;
  std::deque<std::string> lines;
  std::deque<std::string> hidden;

 private:
  static Result<std::string> next(std::deque<std::string>& from) {
    if (from.empty()) {
      return unavailable("standard input has ended");
    }
    auto text = from.front();
    from.pop_front();
    return text;
  }
};

}  // namespace swarmward::cli
