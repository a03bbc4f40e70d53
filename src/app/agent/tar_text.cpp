#include "app/agent/tar_text.h"

#include <algorithm>

namespace swarmward::app {

namespace {

constexpr std::size_t kBlock = 512;
constexpr std::size_t kNameField = 100;
constexpr std::uint64_t kLargestSize = 077777777777;  // Eleven octal digits.

// Where fields stand in a block, by POSIX.1-1988.
constexpr std::size_t kModeAt = 100;
constexpr std::size_t kOwnerAt = 108;
constexpr std::size_t kGroupAt = 116;
constexpr std::size_t kSizeAt = 124;
constexpr std::size_t kTimeAt = 136;
constexpr std::size_t kChecksumAt = 148;
constexpr std::size_t kKindAt = 156;
constexpr std::size_t kMagicAt = 257;
constexpr std::size_t kShort = 7;  ///< Digits of a short number; a zero byte follows.
constexpr std::size_t kLong = 11;

void put_number(std::string& block, std::size_t at, std::size_t digits, std::uint64_t value) {
  for (std::size_t n = digits; n > 0; --n, value /= 8) {
    block[at + n - 1] = static_cast<char>('0' + value % 8);
  }
}

}  // namespace

Result<std::string> tar_header(TarEntry const& entry) {
  if (entry.name.empty() || entry.name.size() > kNameField || entry.size > kLargestSize) {
    return invalid_argument("\"" + entry.name + "\" does not fit into a tar archive");
  }
  std::string block(kBlock, '\0');
  block.replace(0, entry.name.size(), entry.name);
  put_number(block, kModeAt, kShort, entry.mode);
  put_number(block, kOwnerAt, kShort, 0);
  put_number(block, kGroupAt, kShort, 0);
  put_number(block, kSizeAt, kLong, entry.size);
  put_number(block, kTimeAt, kLong, 0);
  block[kKindAt] = entry.kind == TarKind::Folder ? '5' : '0';
  block.replace(kMagicAt, 8, std::string("ustar\0", 6) + "00");
  // The sum is made with blanks in its own place; it has six digits, a zero byte and a blank.
  block.replace(kChecksumAt, 8, 8, ' ');
  std::uint64_t sum = 0;
  for (unsigned char const byte : block) {
    sum += byte;
  }
  put_number(block, kChecksumAt, 6, sum);
  block[kChecksumAt + 6] = '\0';
  return block;
}

std::string tar_padding(std::uint64_t size) {
  return std::string((kBlock - size % kBlock) % kBlock, '\0');
}

std::optional<std::string> first_file(std::string_view archive) {
  while (archive.size() >= kBlock) {
    std::uint64_t size = 0;
    for (auto const digit : archive.substr(kSizeAt, kLong)) {
      if (digit < '0' || digit > '7') {
        return std::nullopt;
      }
      size = size * 8 + static_cast<std::uint64_t>(digit - '0');
    }
    auto const kind = archive[kKindAt];
    archive.remove_prefix(kBlock);
    if (size > archive.size()) {
      return std::nullopt;
    }
    if (kind == '0' || kind == '\0') {
      return std::string(archive.substr(0, size));
    }
    archive.remove_prefix(
        std::min<std::size_t>(archive.size(), (size + kBlock - 1) / kBlock * kBlock));
  }
  return std::nullopt;
}

std::string tar_end() {
  return std::string(2 * kBlock, '\0');
}

}  // namespace swarmward::app
