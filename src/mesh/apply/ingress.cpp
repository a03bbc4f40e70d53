#include "mesh/apply/ingress.h"

#include <utility>

#include <sys/stat.h>

#include "mesh/apply/conntrack.h"
#include "mesh/apply/forward_filter.h"
#include "mesh/apply/interface_addresses.h"
#include "mesh/apply/kept_routes.h"

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

Result<Ingress> Ingress::make(NetNamespace const& host, Subnet link) {
  auto const planned = plan_ingress_link(link);
  if (!planned) {
    return planned.error();
  }
  return Ingress(host, *planned);
}

Ingress::Ingress(NetNamespace const& host, IngressLink const& link)
    : host_(&host),
      link_(link),
      ports_(std::make_unique<PortReservation>(host, link.ingress_side)),
      host_tables_(host, {kPublishedTable}) {}

Result<void> Ingress::ensure(NetNamespace const& home, model::PlannedNetwork const& network) {
  auto const id = namespace_id(home);
  bool const another = home_ == nullptr || id != home_id_;
  if (another) {
    rules_.reset();
    applied_ = {};
  }
  if (another || home_ != &home) {
    home_ = &home;
    home_id_ = id;
    home_tables_.emplace(home, std::vector<std::string>{kIngressTable, kIsolationTable});
    rules_.reset();
  }
  network_ = network;
  if (auto linked = ensure_ingress_link(*host_, home, link_, network.mtu); !linked) {
    return linked;
  }
  return another ? ensure_forward_accept(*host_) : Result<void>();
}

Result<void> Ingress::apply(std::vector<model::PlannedPort> const& ports) {
  if (home_ == nullptr) {
    return invalid_argument("published ports need the ingress network first");
  }
  auto wanted = plan_ingress_rules(network_, ports, rules_ ? &*rules_ : nullptr);
  // From the tasks outwards: nobody is sent where nothing is ready.
  if (auto routed = add_kept_routes(*home_, wanted.kept); !routed) {
    return routed;
  }
  if (auto written = write_rules(wanted); !written) {
    return written;
  }
  if (auto unrouted = remove_other_kept_routes(*home_, wanted.kept); !unrouted) {
    return unrouted;
  }
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
  auto const published = published_now(ports);
  ports_->hold(published);
  auto const before = published_ ? published_->ports : std::set<Published>();
  if (auto written = write_published({link_.host_side, link_.ingress_side, published}); !written) {
    return written;
  }
  return forget_all(*host_, plan_stale_host_flows(before, published));
}

Result<void> Ingress::reassert() {
  if (home_ == nullptr) {
    return {};
  }
  if (auto linked = ensure_ingress_link(*host_, *home_, link_, network_.mtu); !linked) {
    return linked;
  }
  auto result = restore_tables();
  if (rules_) {
    keep_first(result, add_kept_routes(*home_, rules_->kept));
  }
  if (published_) {
    keep_first(result, publish(applied_.ports));
  }
  keep_first(result, ensure_forward_accept(*host_));
  return result;
}

Result<void> Ingress::remove() {
  ports_->hold({});
  auto result = host_tables_.remove();
  if (home_tables_) {
    keep_first(result, home_tables_->remove());
  }
  keep_first(result, remove_forward_accept(*host_));
  keep_first(result, remove_ingress_link(*host_, home_));
  home_ = nullptr;
  home_tables_.reset();
  rules_.reset();
  published_.reset();
  applied_ = {};
  return result;
}

Result<void> Ingress::write_rules(IngressRules const& wanted) {
  if (rules_ && home_tables_->run(render_ingress_change(*rules_, wanted))) {
    rules_ = wanted;
    return {};
  }
  // Nothing is known of the tables, or somebody else changed them: all is written anew.
  rules_.reset();
  auto written = home_tables_->run(render_ingress_tables(wanted));
  if (written) {
    rules_ = wanted;
  }
  return written;
}

Result<void> Ingress::write_published(PublishedRules const& wanted) {
  if (published_ && host_tables_.run(render_published_change(*published_, wanted))) {
    published_ = wanted;
    return {};
  }
  published_.reset();
  auto written = host_tables_.run(render_published_table(wanted));
  if (written) {
    published_ = wanted;
  }
  return written;
}

Result<void> Ingress::restore_tables() {
  Result<void> result;
  if (rules_ && !home_tables_->intact()) {
    result = home_tables_->run(render_ingress_tables(*rules_));
  }
  if (published_ && !host_tables_.intact()) {
    keep_first(result, host_tables_.run(render_published_table(*published_)));
  }
  return result;
}

}  // namespace swarmward::mesh
