#include "base/id.h"

#include <algorithm>
#include <stdexcept>
#include <vector>

#include <sys/random.h>

namespace swarmward {

RandomBytes system_random() {
  return [](std::uint8_t* data, std::size_t size) {
    if (::getrandom(data, size, 0) != static_cast<ssize_t>(size)) {
      throw std::runtime_error("getrandom failed");
    }
  };
}

std::string to_base36(std::basic_string_view<std::uint8_t> bytes, std::size_t width) {
  constexpr std::string_view kDigits = "0123456789abcdefghijklmnopqrstuvwxyz";
  // Six digits a division: 36 to the sixth fits into 32 bits.
  constexpr int kDigitsAtOnce = 6;
  constexpr std::uint64_t kDivisor = 36ULL * 36 * 36 * 36 * 36 * 36;
  std::vector<std::uint32_t> number((bytes.size() + 3) / 4);  // Most significant first.
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    auto const from_end = bytes.size() - 1 - i;
    number[number.size() - 1 - from_end / 4] |= std::uint32_t{bytes[i]} << (8 * (from_end % 4));
  }
  std::string reversed;
  while (std::ranges::any_of(number, [](auto part) { return part != 0; })) {
    std::uint64_t remainder = 0;
    for (auto& part : number) {
      auto const value = (remainder << 32U) | part;
      part = static_cast<std::uint32_t>(value / kDivisor);
      remainder = value % kDivisor;
    }
    for (int i = 0; i < kDigitsAtOnce; ++i) {
      reversed.push_back(kDigits[remainder % 36]);
      remainder /= 36;
    }
  }
  reversed.erase(reversed.find_last_not_of('0') + 1);
  if (reversed.size() < width) {
    reversed.append(width - reversed.size(), '0');
  }
  return {reversed.rbegin(), reversed.rend()};
}

std::string new_id_text(RandomBytes const& random) {
  std::array<std::uint8_t, 17> bytes{};
  random(bytes.data(), bytes.size());
  bytes[0] |= 0x80;  // The top bit set gives every id the same length.
  auto const digits = to_base36({bytes.data(), bytes.size()}, 0);
  return digits.substr(1, kIdLength);
}

}  // namespace swarmward
