#include "mesh/testing/backends.h"

#include <algorithm>

#include "mesh/apply/ipvs.h"
#include "mesh/apply/service_balancers.h"
#include "mesh/testing/asker.h"

namespace swarmward::mesh {

std::vector<ChosenBackend> all_backends() {
  return {{.backend = Backend::Nftables, .iptables = {}},
          {.backend = Backend::Ipvs, .iptables = "iptables-nft"},
          {.backend = Backend::Iptables, .iptables = "iptables-nft"},
          {.backend = Backend::Iptables, .iptables = "iptables-legacy"}};
}

std::string backend_name(::testing::TestParamInfo<ChosenBackend> const& about) {
  auto const& chosen = about.param;
  auto name =
      chosen.backend == Backend::Iptables ? chosen.iptables : std::string(to_text(chosen.backend));
  std::ranges::replace(name, '-', '_');
  return name;
}

std::string why_not(ChosenBackend const& backend) {
  auto const here = NetNamespace::current();
  if (backend.backend == Backend::Ipvs && here) {
    load_ipvs();
    auto const ipvs = Ipvs::open(*here);
    if (!ipvs && ipvs.error().code == ErrorCode::NotFound) {
      return "this kernel has no IPVS";
    }
  }
  return {};
}

void flush_rules(NetNamespace const& net, ChosenBackend const& backend) {
  shell(net, "nft flush ruleset");
  if (backend.iptables == "iptables-legacy") {
    shell(net, "for t in nat mangle raw; do iptables-legacy -t $t -F; done");
  }
  if (backend.backend == Backend::Ipvs) {
    static_cast<void>(clear_services(net, ServiceKind::Vips));
    static_cast<void>(clear_services(net, ServiceKind::Ports));
  }
}

std::string our_rules(NetNamespace const& net) {
  auto rules =
      shell(net,
            "nft list tables 2>/dev/null | grep ward; { iptables-nft-save; iptables-legacy-save; } "
            "2>/dev/null | grep WARD-; true");
  if (auto ipvs = Ipvs::open(net)) {
    for (auto const kind : {ServiceKind::Vips, ServiceKind::Ports}) {
      auto const services = ipvs->list(kind);
      rules += services && !services->empty() ? "services of IPVS\n" : "";
    }
  }
  return rules;
}

void PrintTo(ChosenBackend const& backend, std::ostream* out) {
  *out << to_text(backend.backend) << " " << backend.iptables;
}

}  // namespace swarmward::mesh
