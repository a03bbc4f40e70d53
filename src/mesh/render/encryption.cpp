#include "mesh/render/encryption.h"

#include <algorithm>
#include <optional>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

namespace swarmward::mesh {

namespace {

using Bytes = std::vector<std::uint8_t>;

/// A key of the swarm, read. Hosts never use it itself.
struct SwarmKey {
  std::uint32_t number = 0;
  Bytes secret;
};

std::optional<Bytes> bytes_from_hex(std::string const& text) {
  constexpr std::size_t kLeastDigits = 32;  // 128 bits, as much as each flow's own key.
  auto const digit = [](char c) {
    return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
  };
  if (text.size() < kLeastDigits || text.size() % 2 != 0) {
    return std::nullopt;
  }
  Bytes bytes;
  for (std::size_t i = 0; i < text.size(); i += 2) {
    auto const high = digit(text[i]);
    auto const low = digit(text[i + 1]);
    if (high < 0 || low < 0) {
      return std::nullopt;
    }
    bytes.push_back(static_cast<std::uint8_t>(high * 16 + low));
  }
  return bytes;
}

std::vector<SwarmKey> read_keys(std::vector<model::NetworkKey> const& told) {
  std::vector<SwarmKey> keys;
  for (auto const& key : told) {
    if (auto secret = bytes_from_hex(key.secret)) {
      keys.push_back({key.number, std::move(*secret)});
    }
  }
  return keys;
}

void append(Bytes& bytes, std::uint32_t number) {
  for (unsigned shift = 32; shift > 0;) {
    shift -= 8;
    bytes.push_back(static_cast<std::uint8_t>(number >> shift));
  }
}

/// Each flow has a key of its own, so that no two of them ever encrypt with the same nonce.
std::array<std::uint8_t, 20> flow_key(Address source, Address destination, SwarmKey const& key) {
  constexpr std::string_view kPurpose = "ward overlay esp";
  Bytes message(kPurpose.begin(), kPurpose.end());
  append(message, source.value);
  append(message, destination.value);
  append(message, key.number);
  std::array<std::uint8_t, EVP_MAX_MD_SIZE> digest{};
  unsigned size = 0;
  HMAC(EVP_sha256(),
       key.secret.data(),
       static_cast<int>(key.secret.size()),
       message.data(),
       message.size(),
       digest.data(),
       &size);
  std::array<std::uint8_t, 20> result{};
  std::copy_n(digest.begin(), result.size(), result.begin());
  return result;
}

/// By the last but one, as the plan says.
SwarmKey const& speaking_key(std::vector<SwarmKey> const& keys) {
  return keys[keys.size() < 2 ? 0 : keys.size() - 2];
}

}  // namespace

std::set<Address> encrypted_peers(model::NetworkPlan const& plan) {
  std::set<Address> peers;
  auto const own = parse_address(plan.host);
  for (model::PlannedNetwork const& network : plan.networks) {
    for (auto const& peer : network.encrypted ? network.peers : decltype(network.peers)()) {
      if (auto const host = parse_address(peer.host); host && host != own) {
        peers.insert(*host);
      }
    }
  }
  return peers;
}

EncryptionWanted plan_encryption(model::NetworkPlan const& plan,
                                 std::set<std::uint32_t> const& present,
                                 std::map<Address, Address> const& sources) {
  EncryptionWanted wanted{.vnis = present,
                          .port = static_cast<std::uint16_t>(plan.data_path_port),
                          .keys_known = false,
                          .flows = {},
                          .routes = {}};
  for (model::PlannedNetwork const& network : plan.networks) {
    if (network.encrypted) {
      wanted.vnis.insert(network.vni);
    }
  }
  auto const own = parse_address(plan.host);
  auto const keys = read_keys(plan.keys);
  if (!own || keys.empty()) {
    return wanted;
  }
  wanted.keys_known = true;
  auto const& speaking = speaking_key(keys);
  for (auto const peer : encrypted_peers(plan)) {
    for (auto const& key : keys) {
      wanted.flows.push_back({.source = peer,
                              .destination = *own,
                              .spi = spi_of(peer, key.number),
                              .key = flow_key(peer, *own, key)});
    }
    auto const found = sources.find(peer);
    auto const source = found == sources.end() ? *own : found->second;
    auto const spi = spi_of(*own, speaking.number);
    wanted.flows.push_back(
        {.source = source, .destination = peer, .spi = spi, .key = flow_key(*own, peer, speaking)});
    wanted.routes.push_back(
        {.source = source, .destination = peer, .port = wanted.port, .spi = spi});
  }
  return wanted;
}

std::string render_encryption_table(EncryptionWanted const& wanted) {
  // The number of the network is behind UDP's head of 64 bits and VXLAN's first 32.
  auto const ours =
      fmt::format("udp dport {} @th,96,24 {{ {} }}", wanted.port, fmt::join(wanted.vnis, ", "));
  return fmt::format(
      "add table {0}\n"
      "delete table {0}\n"
      "table {0} {{\n"
      "  chain out {{\n"
      "    type route hook output priority mangle; policy accept;\n"
      "    {1} meta mark set {2:#x}\n"
      "  }}\n"
      "  chain leave {{\n"
      "    type filter hook postrouting priority srcnat + 10; policy accept;\n"
      "    meta mark {2:#x} {1} rt ipsec missing counter drop\n"
      "  }}\n"
      "  chain in {{\n"
      "    type filter hook input priority mangle; policy accept;\n"
      "    {1} meta ipsec missing counter drop\n"
      "  }}\n"
      "}}\n",
      kEncryptionTable,
      ours,
      kEncryptionMark);
}

std::uint32_t spi_of(Address source, std::uint32_t key_number) {
  // An odd number far from the distances between hosts, so that neighbouring keys of neighbouring
  // hosts do not meet either. Source of the lower limit: RFC 4303 keeps the first 256 for itself.
  constexpr std::uint32_t kStep = 0x9E3779B1;
  constexpr std::uint32_t kReserved = 256;
  auto const spi = source.value + key_number * kStep;
  return spi < kReserved ? spi | 0x80000000 : spi;
}

}  // namespace swarmward::mesh
