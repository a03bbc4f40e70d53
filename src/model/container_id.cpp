#include "model/container_id.h"

#include <algorithm>

namespace swarmward::model {

namespace {

constexpr std::string_view kDigits = "0123456789abcdef";

std::uint8_t value_of(char digit) {
  return static_cast<std::uint8_t>(digit <= '9' ? digit - '0' : digit - 'a' + 10);
}

}  // namespace

ContainerId::ContainerId(std::string_view text) {
  packed_ = text.size() == 2 * digits_.size() &&
            std::ranges::all_of(text, [](char c) { return kDigits.find(c) != kDigits.npos; });
  if (!packed_) {
    text_ = text;
    return;
  }
  for (std::size_t i = 0; i < digits_.size(); ++i) {
    digits_[i] = static_cast<std::uint8_t>(value_of(text[2 * i]) * 16 + value_of(text[2 * i + 1]));
  }
}

std::string ContainerId::str() const {
  if (!packed_) {
    return text_.str();
  }
  std::string text(2 * digits_.size(), '0');
  for (std::size_t i = 0; i < digits_.size(); ++i) {
    text[2 * i] = kDigits[digits_[i] >> 4U];
    text[2 * i + 1] = kDigits[digits_[i] & 0xFU];
  }
  return text;
}

}  // namespace swarmward::model
