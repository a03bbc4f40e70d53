#include "mesh/inspect/table_look.h"

#include <string>
#include <utility>

#include "mesh/apply/nft.h"
#include "mesh/render/ingress_rules.h"

namespace swarmward::mesh {
namespace {

SharedPart table_part(char const* table, std::string const& commands, char const* purpose) {
  SharedPart part;
  part.where = std::string("table ") + table;
  part.purpose = purpose;
  part.must = rendered_contents(commands, table);
  return part;
}

void look_into(NetNamespace const& net, SharedPart& part) {
  auto const json = list_table_json(net, part.where.substr(part.where.find(' ') + 1));
  part.has = json ? listed_contents(*json) : ObservedTable(json.error());
}

std::vector<SharedPart> looked_into(NetNamespace const& net, std::vector<SharedPart> parts) {
  for (auto& part : parts) {
    look_into(net, part);
  }
  return parts;
}

}  // namespace

SharedPart vip_table_part(model::PlannedNetwork const& network, VipSource source) {
  return table_part(
      kVipTable, render_vip_table(plan_vip_rules(network, source, nullptr)), kVipPurpose);
}

std::vector<SharedPart> port_table_parts(WantedPorts const& wanted) {
  auto const commands =
      render_ingress_tables(plan_ingress_rules(wanted.network, wanted.ports, nullptr));
  return {table_part(kIngressTable, commands, kPortPurpose),
          table_part(kIsolationTable, commands, "limits between tasks of the ingress network")};
}

SharedPart published_table_part(PublishedRules const& rules) {
  return table_part(kPublishedTable, render_published_table(rules), kPortPurpose);
}

std::vector<SharedPart> TableLook::vips(NetNamespace const& home,
                                        model::PlannedNetwork const& network,
                                        VipSource source) const {
  return looked_into(home, {vip_table_part(network, source)});
}

std::vector<SharedPart> TableLook::ports(NetNamespace const& home,
                                         WantedPorts const& wanted) const {
  return looked_into(home, port_table_parts(wanted));
}

std::vector<SharedPart> TableLook::published(NetNamespace const& host,
                                             PublishedRules const& rules) const {
  return looked_into(host, {published_table_part(rules)});
}

}  // namespace swarmward::mesh
