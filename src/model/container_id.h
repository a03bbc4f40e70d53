#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "model/status_text.h"

namespace swarmward::model {

/// An engine's id of a container: 64 hexadecimal digits, held in 32 bytes. Any other text is kept
/// as it is.
class ContainerId {
 public:
  ContainerId() = default;
  ContainerId(std::string_view text);  // Implicit: it stands for a std::string.
  ContainerId(std::string const& text) : ContainerId(std::string_view(text)) {}
  ContainerId(char const* text) : ContainerId(std::string_view(text)) {}

  [[nodiscard]] std::string str() const;
  [[nodiscard]] bool empty() const { return !packed_ && text_.empty(); }
  operator std::string() const { return str(); }
  bool operator==(ContainerId const&) const = default;

 private:
  std::array<std::uint8_t, 32> digits_{};
  bool packed_ = false;
  StatusText text_;  ///< If not packed.
};

}  // namespace swarmward::model
