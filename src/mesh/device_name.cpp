#include "mesh/device_name.h"

#include <array>
#include <cstdint>

#include <openssl/sha.h>

namespace swarmward::mesh {

std::string device_name(std::string_view prefix, std::string_view id) {
  constexpr std::string_view kDigits = "0123456789abcdefghijklmnopqrstuv";
  std::array<unsigned char, SHA256_DIGEST_LENGTH> digest{};
  SHA256(reinterpret_cast<unsigned char const*>(id.data()), id.size(), digest.data());
  std::uint64_t bits = 0;
  for (std::size_t i = 0; i < sizeof bits; ++i) {
    bits = bits << 8U | digest[i];
  }
  std::string name(prefix);
  for (int i = 0; i < 12; ++i) {
    name += kDigits[bits & 31U];
    bits >>= 5U;
  }
  return name;
}

}  // namespace swarmward::mesh
