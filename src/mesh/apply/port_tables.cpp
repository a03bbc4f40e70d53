#include "mesh/apply/port_tables.h"

#include <utility>

namespace swarmward::mesh {

PortTables::PortTables(NetNamespace const& net) : tables_(net, {kIngressTable, kIsolationTable}) {}

Result<void> PortTables::apply(model::PlannedNetwork const& network,
                               std::vector<model::PlannedPort> const& ports) {
  auto wanted = plan_ingress_rules(network, ports, rules_ ? &*rules_ : nullptr);
  if (rules_ && tables_.run(render_ingress_change(*rules_, wanted))) {
    rules_ = std::move(wanted);
    return {};
  }
  // Nothing is known of the tables, or somebody else changed them: all is written anew.
  rules_.reset();
  auto written = tables_.run(render_ingress_tables(wanted));
  if (written) {
    rules_ = std::move(wanted);
  }
  return written;
}

Result<void> PortTables::reassert() {
  return rules_ && !tables_.intact() ? tables_.run(render_ingress_tables(*rules_)) : Result<void>();
}

Result<void> PortTables::remove() {
  rules_.reset();
  return tables_.remove();
}

PublishedTable::PublishedTable(NetNamespace const& host) : tables_(host, {kPublishedTable}) {}

Result<void> PublishedTable::apply(PublishedRules const& rules) {
  if (rules_ && tables_.run(render_published_change(*rules_, rules))) {
    rules_ = rules;
    return {};
  }
  rules_.reset();
  auto written = tables_.run(render_published_table(rules));
  if (written) {
    rules_ = rules;
  }
  return written;
}

Result<void> PublishedTable::reassert() {
  return rules_ && !tables_.intact() ? tables_.run(render_published_table(*rules_))
                                     : Result<void>();
}

Result<void> PublishedTable::remove() {
  rules_.reset();
  return tables_.remove();
}

}  // namespace swarmward::mesh
