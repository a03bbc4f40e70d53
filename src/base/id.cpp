#include "base/id.h"

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
  std::vector<std::uint8_t> number(bytes.begin(), bytes.end());
  std::string reversed;
  while (std::any_of(number.begin(), number.end(), [](auto byte) { return byte != 0; })) {
    unsigned remainder = 0;
    for (auto& byte : number) {
      unsigned const value = remainder * 256 + byte;
      byte = static_cast<std::uint8_t>(value / 36);
      remainder = value % 36;
    }
    reversed.push_back(kDigits[remainder]);
  }
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
