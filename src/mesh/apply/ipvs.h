#pragma once

#include <cstdint>
#include <map>
#include <vector>

#include "base/result.h"
#include "mesh/apply/netlink.h"
#include "mesh/render/virtual_services.h"

namespace swarmward::mesh {

/// The lists of IPVS in one namespace, and nothing but them: services that share connections in
/// turn (rr) among servers whose addresses are put in (masquerading). One thread at a time.
class Ipvs {
 public:
  /// Errors: NotFound where the kernel has no IPVS (the module ip_vs is not there).
  [[nodiscard]] static Result<Ipvs> open(NetNamespace const& net);

  /// All of that kind, with their servers in the order of their turns. Errors: Unavailable.
  [[nodiscard]] Result<std::map<VirtualService, ServersInTurn>> list_in_turn(ServiceKind kind);

  /// All of that kind. Errors: Unavailable.
  [[nodiscard]] Result<VirtualServices> list(ServiceKind kind);

  /// Makes the namespace have these services and no others of that kind. Errors: Unavailable,
  /// NotFound where the scheduler is missing.
  [[nodiscard]] Result<void> put(ServiceKind kind, VirtualServices const& wanted);

 private:
  Ipvs(Netlink netlink, std::uint16_t family) : netlink_(std::move(netlink)), family_(family) {}

  [[nodiscard]] Result<void> carry_out(ServiceStep const& step);
  [[nodiscard]] Result<ServersInTurn> list_servers(VirtualService const& service);

  Netlink netlink_;
  std::uint16_t family_;  ///< The kernel's number of this part of it.
};

/// Asks the kernel to load IPVS where it is a module. Starts a program; no error if there is none.
void load_ipvs();

/// Sets ipvs_settings() in the namespace. Errors: NotFound where the kernel has no IPVS.
[[nodiscard]] Result<void> set_ipvs_settings(NetNamespace const& net);

}  // namespace swarmward::mesh
