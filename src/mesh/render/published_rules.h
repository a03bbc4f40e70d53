#pragma once

#include <functional>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "mesh/address.h"
#include "model/network_plan.h"

namespace swarmward::mesh {

/// A port that the host answers on.
struct Published {
  model::Protocol protocol = model::Protocol::Tcp;
  std::uint16_t port = 0;
  Address at = {};  ///< Of the host; 0.0.0.0: all of its addresses.
  auto operator<=>(Published const&) const = default;
};

/// Nothing if a number is no port.
[[nodiscard]] std::optional<Published> published_port(model::PlannedPort const& port);

/// As an element of nft, whatever the address: "tcp . 8080".
[[nodiscard]] std::string published_text(Published const& published);

/// The table `ip ward_published` in the host's namespace, decided: what comes for a published port
/// of any of the host's addresses goes to the ingress namespace, port kept.
struct PublishedRules {
  Address host_side;     ///< The host's end of the pair of devices.
  Address ingress_side;  ///< The other one.
  std::set<Published> ports;
  bool operator==(PublishedRules const&) const = default;
};

inline constexpr char const* kPublishedTable = "ip ward_published";
/// The host's end of the pair of devices to the ingress namespace.
inline constexpr char const* kHostDevice = "ward0";

/// The addresses of the host's interface of that name; none if it has none.
using InterfaceAddresses = std::function<std::vector<Address>(std::string const&)>;

[[nodiscard]] std::set<Published> plan_published(std::vector<model::PlannedPort> const& ports,
                                                 InterfaceAddresses const& of_interface);

/// Replaces the table, whatever it held.
[[nodiscard]] std::string render_published_table(PublishedRules const& rules);

/// The difference only; all of the table if addresses differ. Empty if equal.
[[nodiscard]] std::string render_published_change(PublishedRules const& previous,
                                                  PublishedRules const& wanted);

}  // namespace swarmward::mesh
