#include "mesh/apply/ingress.h"

#include <utility>

#include <sys/stat.h>

#include "mesh/apply/conntrack.h"
#include "mesh/apply/forward_filter.h"
#include "mesh/apply/interface_addresses.h"
#include "mesh/apply/kept_routes.h"
#include "mesh/render/ingress_rules.h"

namespace swarmward::mesh {
namespace {

void keep_first(Result<void>& first, Result<void> next) {
  if (first && !next) {
    first = std::move(next);
  }
}

Result<void> forget_all(NetNamespace const& net, std::vector<FlowFilter> const& filters) {
  auto const forgotten = forget_flows(net, filters);
  return forgotten ? Result<void>() : forgotten.error();
}

}  // namespace

std::uint64_t namespace_id(NetNamespace const& net) {
  struct stat about {};
  return fstat(net.fd(), &about) == 0 ? about.st_ino : 0;
}

Result<Ingress> Ingress::make(NetNamespace const& host, Subnet link, ChosenBackend backend) {
  auto const planned = plan_ingress_link(link);
  if (!planned) {
    return planned.error();
  }
  return Ingress(host, *planned, std::move(backend));
}

Ingress::Ingress(NetNamespace const& host, IngressLink const& link, ChosenBackend backend)
    : host_(&host),
      link_(link),
      ports_(std::make_unique<PortReservation>(host, link.ingress_side)),
      backend_(std::move(backend)),
      publisher_(make_port_publisher(backend_, host)) {}

Result<void> Ingress::ensure(NetNamespace const& home, model::SharedNetwork const& network) {
  auto const id = namespace_id(home);
  bool const another = home_ == nullptr || id != home_id_;
  if (another) {
    applied_ = {};
    linked_.reset();
  }
  if (another || home_ != &home) {
    home_ = &home;
    home_id_ = id;
    balancer_ = make_port_balancer(backend_, home, link_.ingress_side);
    shared_ = false;
  }
  network_ = network;
  if (linked_ != network->mtu) {
    if (auto linked = ensure_ingress_link(*host_, home, link_, network->mtu); !linked) {
      return linked;
    }
    linked_ = network->mtu;
  }
  return another ? ensure_forward_accept(*host_) : Result<void>();
}

Result<void> Ingress::apply(std::vector<model::PlannedPort> const& ports) {
  if (home_ == nullptr) {
    return invalid_argument("published ports need the ingress network first");
  }
  auto kept = plan_kept(*network_, ports);
  // From the tasks outwards: nobody is sent where nothing is ready.
  if (auto routed = add_kept_routes(*home_, kept); !routed) {
    return routed;
  }
  if (auto written = balancer_->apply(*network_, ports); !written) {
    return written;
  }
  if (!std::exchange(shared_, true)) {
    clear_other_backends(backend_, *home_, Shared::Ports);
  }
  if (auto unrouted = remove_other_kept_routes(*home_, kept); !unrouted) {
    return unrouted;
  }
  kept_ = std::move(kept);
  auto result = publish(ports);
  IngressState state{.network = network_, .ports = ports};
  auto const stale = plan_stale_ingress_flows(applied_, state, link_.ingress_side);
  applied_ = std::move(state);
  keep_first(result, forget_all(*home_, stale));
  return result;
}

std::set<Published> Ingress::published_now(std::vector<model::PlannedPort> const& ports) const {
  return plan_published(
      ports, [this](std::string const& interface) { return addresses_of(*host_, interface); });
}

Result<void> Ingress::publish(std::vector<model::PlannedPort> const& ports) {
  static std::set<Published> const kNone;
  auto published = published_now(ports);
  ports_->hold(published);
  auto const stale = plan_stale_host_flows(published_ ? published_->ports : kNone, published);
  PublishedRules wanted{link_.host_side, link_.ingress_side, std::move(published)};
  if (auto written = publisher_->apply(wanted); !written) {
    published_.reset();
    return written;
  }
  if (!published_) {
    clear_other_backends(backend_, *host_, Shared::Published);
  }
  published_ = std::move(wanted);
  return forget_all(*host_, stale);
}

Result<void> Ingress::reassert() {
  if (home_ == nullptr) {
    return {};
  }
  if (auto linked = ensure_ingress_link(*host_, *home_, link_, network_->mtu); !linked) {
    return linked;
  }
  auto result = balancer_->reassert();
  keep_first(result, publisher_->reassert());
  keep_first(result, add_kept_routes(*home_, kept_));
  if (published_) {
    keep_first(result, publish(applied_.ports));
  }
  keep_first(result, ensure_forward_accept(*host_));
  return result;
}

Result<void> Ingress::remove() {
  ports_->hold({});
  auto result = publisher_->remove();
  clear_other_backends(backend_, *host_, Shared::Published);
  if (balancer_) {
    keep_first(result, balancer_->remove());
  }
  keep_first(result, remove_forward_accept(*host_));
  keep_first(result, remove_ingress_link(*host_, home_));
  home_ = nullptr;
  linked_.reset();
  balancer_.reset();
  kept_ = {};
  published_.reset();
  applied_ = {};
  return result;
}

}  // namespace swarmward::mesh
