#include "mesh/inspect/shared_look.h"

#include "mesh/inspect/chain_look.h"
#include "mesh/inspect/service_look.h"
#include "mesh/inspect/table_look.h"

namespace swarmward::mesh {

std::unique_ptr<SharedLook> make_shared_look(ChosenBackend const& chosen) {
  switch (chosen.backend) {
    case Backend::Ipvs:
      return std::make_unique<ServiceLook>(chosen.iptables);
    case Backend::Iptables:
      return std::make_unique<ChainLook>(chosen.iptables);
    case Backend::Nftables:
      break;
  }
  return std::make_unique<TableLook>();
}

}  // namespace swarmward::mesh
