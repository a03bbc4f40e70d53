#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <compare>
#include <cstdint>
#include <cstring>
#include <functional>
#include <string>
#include <string_view>

namespace swarmward {

/// Length of every object id of swarm mode.
inline constexpr std::size_t kIdLength = 25;

/// An object id, distinct by `Tag`: 25 characters [0-9a-z] held in place (no allocation), or empty.
template <class Tag>
class Id {
 public:
  constexpr Id() = default;
  /// Keeps at most kIdLength characters; ids from outside are looked up as text, not made here.
  explicit Id(std::string_view text)
      : length_(static_cast<std::uint8_t>(std::min(text.size(), kIdLength))) {
    std::copy_n(text.begin(), length_, text_.begin());
  }

  [[nodiscard]] std::string_view view() const { return {text_.data(), length_}; }
  [[nodiscard]] std::string str() const { return std::string(view()); }
  [[nodiscard]] bool empty() const { return length_ == 0; }

  friend std::strong_ordering operator<=>(Id const& a, Id const& b) {
    auto const by_head = a.head() <=> b.head();  // Ids are random: that decides nearly always.
    return by_head != 0 ? by_head : a.view() <=> b.view();
  }
  friend bool operator==(Id const& a, Id const& b) {
    return a.text_ == b.text_ && a.length_ == b.length_;
  }

 private:
  /// The first eight characters as a number that sorts as they do.
  [[nodiscard]] std::uint64_t head() const {
    std::uint64_t number = 0;
    std::memcpy(&number, text_.data(), sizeof number);
    return std::endian::native == std::endian::little ? __builtin_bswap64(number) : number;
  }

  std::array<char, kIdLength> text_{};
  std::uint8_t length_ = 0;
};

/// Source of fresh randomness: fills the bytes. Injected wherever ids or tokens are made, so that
/// simulations can replay them.
using RandomBytes = std::function<void(std::uint8_t* data, std::size_t size)>;

/// The operating system's randomness. Thread-safe.
[[nodiscard]] RandomBytes system_random();

/// 17 random bytes with the top bit set, in base 36, characters 2–26: native's ids.
[[nodiscard]] std::string new_id_text(RandomBytes const& random);

template <class Tag>
[[nodiscard]] Id<Tag> new_id(RandomBytes const& random) {
  return Id<Tag>(new_id_text(random));
}

/// Big-endian bytes as a number in base 36, padded with zeros on the left to `width`.
[[nodiscard]] std::string to_base36(std::basic_string_view<std::uint8_t> bytes, std::size_t width);

}  // namespace swarmward

template <class Tag>
struct std::hash<swarmward::Id<Tag>> {
  std::size_t operator()(swarmward::Id<Tag> const& id) const noexcept {
    return std::hash<std::string_view>{}(id.view());
  }
};
