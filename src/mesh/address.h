#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace swarmward::mesh {

/// An IPv4 address; the value is in host byte order.
struct Address {
  std::uint32_t value = 0;
  auto operator<=>(Address const&) const = default;
};

/// Part of the addresses: those that share the first `length` bits.
struct Subnet {
  Address base;  ///< All bits after the first `length` are 0.
  unsigned length = 0;
  auto operator<=>(Subnet const&) const = default;

  [[nodiscard]] bool contains(Address address) const;
  /// Is it an address that a member may have: inside, and neither the first nor the last of it?
  [[nodiscard]] bool may_have(Address address) const;
};

/// That of the subnets which may have the address; null if none may.
[[nodiscard]] Subnet const* subnet_of(Address address,
                                      Subnet const& first,
                                      std::vector<Subnet> const& others);

/// A hardware address.
struct Mac {
  std::array<std::uint8_t, 6> bytes{};
  auto operator<=>(Mac const&) const = default;
};

/// Four numbers with dots, as in "10.0.1.5", without leading zeros; anything else is nothing.
[[nodiscard]] std::optional<Address> parse_address(std::string_view text);

/// "10.0.1.0/24"; nothing where bits after the length are set.
[[nodiscard]] std::optional<Subnet> parse_subnet(std::string_view text);

/// Six pairs of hexadecimal digits with colons, in either case.
[[nodiscard]] std::optional<Mac> parse_mac(std::string_view text);

[[nodiscard]] std::string to_text(Address address);
[[nodiscard]] std::string to_text(Subnet const& subnet);
[[nodiscard]] std::string to_text(Mac const& mac);

/// The hardware address of the member with this address: 02:42 and the address. It is the same on
/// every node, so that nodes need not tell each other. Source: swarm mode's own overlays.
[[nodiscard]] Mac mac_of(Address address);

}  // namespace swarmward::mesh
