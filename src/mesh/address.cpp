#include "mesh/address.h"

#include <algorithm>
#include <charconv>

#include <spdlog/fmt/fmt.h>

namespace swarmward::mesh {

namespace {

/// Takes a decimal number of at most `limit` off the front of the text.
std::optional<std::uint32_t> take_number(std::string_view& text, std::uint32_t limit) {
  std::uint32_t number = 0;
  auto const* const end = text.data() + text.size();
  auto const [stop, error] = std::from_chars(text.data(), end, number);
  auto const digits = static_cast<std::size_t>(stop - text.data());
  bool const leading_zero = digits > 1 && text.front() == '0';
  if (error != std::errc{} || number > limit || leading_zero) {
    return std::nullopt;
  }
  text.remove_prefix(digits);
  return number;
}

std::uint32_t mask(unsigned length) {
  return length == 0 ? 0U : ~std::uint32_t{0} << (32U - length);
}

}  // namespace

bool Subnet::contains(Address address) const {
  return (address.value & mask(length)) == base.value;
}

bool Subnet::may_have(Address address) const {
  return contains(address) && address != base && address.value != (base.value | ~mask(length));
}

std::optional<Address> parse_address(std::string_view text) {
  Address address;
  for (int part = 0; part < 4; ++part) {
    if (part > 0) {
      if (!text.starts_with('.')) {
        return std::nullopt;
      }
      text.remove_prefix(1);
    }
    auto const number = take_number(text, 255);
    if (!number) {
      return std::nullopt;
    }
    address.value = address.value << 8U | *number;
  }
  return text.empty() ? std::optional(address) : std::nullopt;
}

Subnet const* subnet_of(Address address, Subnet const& first, std::vector<Subnet> const& others) {
  if (first.may_have(address)) {
    return &first;
  }
  auto const found =
      std::ranges::find_if(others, [&](Subnet const& subnet) { return subnet.may_have(address); });
  return found == others.end() ? nullptr : &*found;
}

std::optional<Subnet> parse_subnet(std::string_view text) {
  auto const slash = text.find('/');
  if (slash == std::string_view::npos) {
    return std::nullopt;
  }
  auto const base = parse_address(text.substr(0, slash));
  auto rest = text.substr(slash + 1);
  auto const length = take_number(rest, 32);
  if (!base || !length || !rest.empty() || (base->value & mask(*length)) != base->value) {
    return std::nullopt;
  }
  return Subnet{.base = *base, .length = *length};
}

std::optional<Mac> parse_mac(std::string_view text) {
  if (text.size() != 17) {
    return std::nullopt;
  }
  Mac mac;
  for (std::size_t i = 0; i < mac.bytes.size(); ++i) {
    auto const* const pair = text.data() + 3 * i;
    auto const [stop, error] = std::from_chars(pair, pair + 2, mac.bytes[i], 16);
    if (error != std::errc{} || stop != pair + 2 || (i > 0 && pair[-1] != ':')) {
      return std::nullopt;
    }
  }
  return mac;
}

std::string to_text(Address address) {
  auto const v = address.value;
  return fmt::format("{}.{}.{}.{}", v >> 24U, v >> 16U & 255U, v >> 8U & 255U, v & 255U);
}

std::string to_text(Subnet const& subnet) {
  return fmt::format("{}/{}", to_text(subnet.base), subnet.length);
}

std::string to_text(Mac const& mac) {
  return fmt::format("{:02x}", fmt::join(mac.bytes, ":"));
}

Mac mac_of(Address address) {
  auto const byte = [&](unsigned shift) {
    return static_cast<std::uint8_t>(address.value >> shift & 255U);
  };
  return Mac{{0x02, 0x42, byte(24), byte(16), byte(8), byte(0)}};
}

}  // namespace swarmward::mesh
