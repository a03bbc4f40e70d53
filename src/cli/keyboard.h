#pragma once

#include <cstddef>
#include <functional>
#include <string>

#include "base/result.h"

namespace swarmward::cli {

/// Standard input: a person at a terminal, or what a script has put there.
class Keyboard {
 public:
  virtual ~Keyboard() = default;
  [[nodiscard]] virtual bool is_terminal() const = 0;
  /// One line that is seen as it is typed, without its end. Errors: Unavailable (no more input, or
  /// interrupted).
  virtual Result<std::string> line() = 0;
  /// The same for a line that nobody shall see. `ask` is called when nothing is shown any more:
  /// what is typed before is lost.
  virtual Result<std::string> hidden_line(std::function<void()> const& ask) = 0;
  /// All there is, at most so many bytes. Errors: InvalidArgument if there are more.
  virtual Result<std::string> all(std::size_t most) = 0;
};

/// That of the process.
class RealKeyboard final : public Keyboard {
 public:
  [[nodiscard]] bool is_terminal() const override;
  Result<std::string> line() override;
  Result<std::string> hidden_line(std::function<void()> const& ask) override;
  Result<std::string> all(std::size_t most) override;
};

}  // namespace swarmward::cli
