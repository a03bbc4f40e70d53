#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "mesh/address.h"
#include "model/network_plan.h"

namespace swarmward::mesh {

/// Of packets that must be encrypted, and of what does it. Source: swarm mode's own overlays.
inline constexpr std::uint32_t kEncryptionMark = 0xD0C4E3;
inline constexpr char const* kEncryptionTable = "ip ward_encryption";

/// One direction between two hosts, encrypted by one key (ESP, transport mode): what xfrm calls a
/// state.
struct SecureFlow {
  Address source;
  Address destination;
  std::uint32_t spi = 0;  ///< Tells the flows to one host apart.
  /// 128 bits of AES, then the 32 that begin each nonce.
  std::array<std::uint8_t, 20> key{};
  auto operator<=>(SecureFlow const&) const = default;
};

/// Marked VXLAN from one host to another leaves by the flow with this number: what xfrm calls a
/// policy.
struct SecureRoute {
  Address source;
  Address destination;
  std::uint16_t port = 0;
  std::uint32_t spi = 0;
  auto operator<=>(SecureRoute const&) const = default;
};

/// All of the encryption of one host's overlays.
struct EncryptionWanted {
  std::set<std::uint32_t> vnis;  ///< Of these nothing comes or goes in clear.
  std::uint16_t port = 4789;
  /// False where the manager has not told any keys (yet): what the kernel has then stays.
  bool keys_known = false;
  std::vector<SecureFlow> flows;
  std::vector<SecureRoute> routes;
  bool operator==(EncryptionWanted const&) const = default;
};

/// Other hosts in the plan's encrypted networks. Pure.
[[nodiscard]] std::set<Address> encrypted_peers(model::NetworkPlan const& plan);

/// Pure. `sources` are the addresses from which this host speaks to others; they may differ from
/// the one that others know. `present` are VNIs of encrypted networks that are on this host,
/// whatever the plan says. For each other host there is a flow to here for each key, so that what
/// it may speak by is understood, and one flow there.
[[nodiscard]] EncryptionWanted plan_encryption(model::NetworkPlan const& plan,
                                               std::set<std::uint32_t> const& present,
                                               std::map<Address, Address> const& sources);

/// Commands of nft that replace the whole table: mark what must be encrypted when it leaves, drop
/// what then has no flow to leave by, and drop what comes in clear.
[[nodiscard]] std::string render_encryption_table(EncryptionWanted const& wanted);

/// Pure. The number of the flow from this host, the same on both sides. Hosts never share one: for
/// one key different sources give different numbers.
[[nodiscard]] std::uint32_t spi_of(Address source, std::uint32_t key_number);

}  // namespace swarmward::mesh
