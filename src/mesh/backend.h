#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace swarmward::mesh {

/// What shares connections to VIPs and published ports between tasks.
enum class Backend {
  Nftables,  ///< Maps of nftables; nothing else is used then.
  Ipvs,      ///< The kernel's virtual servers, and iptables for what is around them.
  Iptables,  ///< Rules with `-m statistic`.
};

/// As the daemon's flag has it: "nftables".
[[nodiscard]] constexpr std::string_view to_text(Backend backend) {
  switch (backend) {
    case Backend::Ipvs:
      return "ipvs";
    case Backend::Iptables:
      return "iptables";
    case Backend::Nftables:
      break;
  }
  return "nftables";
}

/// Nothing for another word.
[[nodiscard]] constexpr std::optional<Backend> parse_backend(std::string_view text) {
  for (auto const backend : {Backend::Nftables, Backend::Ipvs, Backend::Iptables}) {
    if (text == to_text(backend)) {
      return backend;
    }
  }
  return std::nullopt;
}

/// A backend that works on this host.
struct ChosenBackend {
  Backend backend = Backend::Nftables;
  /// The flavour of iptables that it uses: the program "iptables-nft" or "iptables-legacy". Empty
  /// for nftables.
  std::string iptables = {};
  bool operator==(ChosenBackend const&) const = default;
};

}  // namespace swarmward::mesh
