#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace swarmward::scheduler {

/// An IPv4 address in host byte order.
using Address = std::uint32_t;

/// A range of addresses, "10.0.1.0/24".
struct Subnet {
  Address base = 0;
  unsigned prefix_length = 0;  ///< 0 to 32.
  auto operator<=>(Subnet const&) const = default;
};

/// Nothing if it is no IPv4 CIDR. Bits beyond the prefix are cleared.
[[nodiscard]] std::optional<Subnet> parse_subnet(std::string_view text);
[[nodiscard]] std::string to_string(Subnet const& subnet);
/// "10.0.1.5" and "10.0.1.5/24"; nothing if it is neither.
[[nodiscard]] std::optional<Address> parse_address(std::string_view text);
[[nodiscard]] std::string dotted(Address address);
[[nodiscard]] bool overlap(Subnet const& a, Subnet const& b);
/// "10.0.1.5/24": how endpoints and tasks show an address.
[[nodiscard]] std::string to_cidr(Address address, Subnet const& subnet);

/// What new networks are cut from. Source of the defaults: swarm mode.
struct PoolConfig {
  std::vector<Subnet> pools{{0x0A000000U, 8}};
  unsigned subnet_prefix_length = 24;
};

/// Hands out subnets, one after the other through all pools: one that was given back is not handed
/// out again at once. A value: copies go their own ways.
class SubnetPool {
 public:
  explicit SubnetPool(PoolConfig config) : config_(std::move(config)) {}

  /// The next subnet that overlaps none of `taken`; nothing if there is none left.
  [[nodiscard]] std::optional<Subnet> next(std::set<Subnet> const& taken);

 private:
  [[nodiscard]] std::uint64_t count() const;
  [[nodiscard]] Subnet at(std::uint64_t index) const;

  PoolConfig config_;
  std::uint64_t cursor_ = 0;  ///< Counts through the subnets of all pools.
};

/// Hands out the addresses of one subnet, one after the other, or those of a part of it. The first
/// is the gateway's, the network's own and the broadcast address are nobody's.
class AddressPool {
 public:
  /// `range`: from which addresses come; what of it is outside of the subnet is not used.
  explicit AddressPool(Subnet subnet, std::optional<Subnet> range = {})
      : subnet_(subnet), range_(range.value_or(subnet)) {}

  [[nodiscard]] Subnet const& subnet() const { return subnet_; }
  [[nodiscard]] Address gateway() const { return subnet_.base + 1; }
  /// The next address that is not in `taken`; nothing if there is none left.
  [[nodiscard]] std::optional<Address> next(std::set<Address> const& taken);

 private:
  Subnet subnet_;
  Subnet range_;
  std::uint64_t cursor_ = 0;
};

}  // namespace swarmward::scheduler
