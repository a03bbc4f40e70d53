#pragma once

#include <memory>
#include <optional>
#include <set>
#include <vector>

#include "mesh/apply/ingress_link.h"
#include "mesh/apply/make_backend.h"
#include "mesh/apply/port_reservation.h"
#include "mesh/render/kept_clients.h"
#include "mesh/render/stale_flows.h"

namespace swarmward::mesh {

/// The kernel's number of the namespace; 0 if it cannot be told. Another one comes with another
/// number for as long as the first exists.
[[nodiscard]] std::uint64_t namespace_id(NetNamespace const& net);

/// Published ports on one host: from any of its addresses to the namespace of the ingress network,
/// and there to tasks anywhere, which see this node's address in that network. Blocks; one caller
/// at a time. Both namespaces must outlive their use here. The kernel keeps everything but the
/// reserved ports when the value goes.
class Ingress {
 public:
  /// Of link-local addresses, so that it is hardly anybody's network.
  static constexpr Subnet kDefaultLink{.base = {0xA9FEFA00U}, .length = 30};

  /// `host` is the engine's namespace. Errors: InvalidArgument for a link that is no /30.
  [[nodiscard]] static Result<Ingress> make(NetNamespace const& host,
                                            Subnet link = kDefaultLink,
                                            ChosenBackend backend = {});

  /// Connects the host with the ingress network, whose namespace `home` is and from now on stays
  /// until remove() or another call. To be called with each new plan, before apply(): it takes
  /// over the node's address and the peers. Starts programs when `home` is another one than before.
  [[nodiscard]] Result<void> ensure(NetNamespace const& home, model::SharedNetwork const& network);

  /// Makes it so that these ports, and no others, are answered. The first call replaces whatever
  /// is there; later ones change the difference. Then
  /// forgets the flows that the change made stale. Errors: InvalidArgument before ensure().
  [[nodiscard]] Result<void> apply(std::vector<model::PlannedPort> const& ports);

  /// Restores what others removed since; nothing before the first ensure(). To be called every
  /// few seconds.
  [[nodiscard]] Result<void> reassert();

  /// Takes everything back; goes on after an error and tells the first. Also without an ensure()
  /// before: then what an earlier process left in the host's namespace.
  [[nodiscard]] Result<void> remove();

 private:
  Ingress(NetNamespace const& host, IngressLink const& link, ChosenBackend backend);

  /// What is published, with the addresses that the host's interfaces have now.
  [[nodiscard]] std::set<Published> published_now(
      std::vector<model::PlannedPort> const& ports) const;
  [[nodiscard]] Result<void> publish(std::vector<model::PlannedPort> const& ports);

  NetNamespace const* host_;
  IngressLink link_;
  std::unique_ptr<PortReservation> ports_;
  ChosenBackend backend_;
  std::unique_ptr<PortPublisher> publisher_;
  /// Nothing before ensure().
  NetNamespace const* home_ = nullptr;
  std::unique_ptr<PortBalancer> balancer_;
  std::uint64_t home_id_ = 0;  ///< Tells namespaces apart that come one after the other.
  bool shared_ = false;        ///< The balancer has been given ports.
  KeptClients kept_;
  /// What the kernel has; nothing if that is not known.
  std::optional<PublishedRules> published_;
  model::SharedNetwork network_;
  std::optional<unsigned> linked_;  ///< With this MTU; what others change, reassert() mends.
  IngressState applied_;
};

}  // namespace swarmward::mesh
