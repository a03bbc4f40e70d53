#include "mesh/apply/port_tables.h"

#include <utility>

#include "mesh/apply/bridged_frames.h"

namespace swarmward::mesh {
namespace {

Result<void> hide_bridged_frames(NetNamespace const& net) {
  auto const hidden = set_bridged_frames(net, BridgedFrames::Hidden);
  return hidden ? Result<void>() : hidden.error();
}

}  // namespace

PortTables::PortTables(NetNamespace const& net)
    : net_(net), tables_(net, {kIngressTable, kIsolationTable}) {}

Result<void> PortTables::apply(model::PlannedNetwork const& network,
                               std::vector<model::PlannedPort> const& ports) {
  auto wanted = plan_ingress_rules(network, ports, rules_ ? &*rules_ : nullptr);
  if (rules_ && tables_.run(render_ingress_change(*rules_, wanted))) {
    rules_ = std::move(wanted);
    return hide_bridged_frames(net_);
  }
  // Nothing is known of the tables, or somebody else changed them: all is written anew.
  rules_.reset();
  if (auto written = tables_.run(render_ingress_tables(wanted)); !written) {
    return written;
  }
  rules_ = std::move(wanted);
  // Not before the bridge's own table is there: until then others' rules may see to it.
  return hide_bridged_frames(net_);
}

Result<void> PortTables::reassert() {
  if (!rules_) {
    return {};
  }
  if (!tables_.intact()) {
    if (auto written = tables_.run(render_ingress_tables(*rules_)); !written) {
      return written;
    }
  }
  return hide_bridged_frames(net_);
}

Result<void> PortTables::remove() {
  rules_.reset();
  return tables_.remove();
}

PublishedTable::PublishedTable(NetNamespace const& host) : tables_(host, {kPublishedTable}) {}

Result<void> PublishedTable::apply(PublishedRules const& rules) {
  if (rules_ == rules) {
    return {};
  }
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
