#include "mesh/apply/vip_table.h"

#include <utility>

#include "mesh/apply/conntrack.h"

namespace swarmward::mesh {

VipTable::VipTable(NetNamespace const& net, std::filesystem::path bridge_filter)
    : net_(net), bridge_filter_(std::move(bridge_filter)), tables_(net, {kVipTable}) {}

Result<void> VipTable::apply(model::PlannedNetwork const& network) {
  auto const source = prepare(network);
  if (!source) {
    return source.error();
  }
  auto wanted = plan_vip_rules(network, *source, rules_ ? &*rules_ : nullptr);
  if (auto written = write_rules(wanted); !written) {
    return written;
  }
  // Without VIPs there are no flows of ours: to look for some takes ten milliseconds.
  bool const had_flows = !network_.vips.empty() || !network.vips.empty();
  auto const stale = had_flows ? plan_stale_flows(network_, network) : std::vector<FlowFilter>();
  rules_ = std::move(wanted);
  network_ = network;
  auto const forgotten = forget_flows(net_, stale);
  return forgotten ? Result<void>() : forgotten.error();
}

Result<void> VipTable::reassert() {
  if (!rules_) {
    return {};
  }
  auto const source = prepare(network_);
  if (!source) {
    return source.error();
  }
  if (tables_.intact() && *source == rules_->source) {
    return {};
  }
  rules_->source = *source;
  return tables_.run(render_vip_table(*rules_));
}

Result<void> VipTable::remove() {
  rules_.reset();
  network_ = {};
  return tables_.remove();
}

Result<VipSource> VipTable::prepare(model::PlannedNetwork const& network) const {
  if (network.vips.empty()) {
    // Nothing has to be put back; in the ingress network frames are hidden.
    return std::filesystem::exists(bridge_filter_) ? VipSource::Client : VipSource::Node;
  }
  // Answers of tasks are bridged to the client; so the kernel has to put the VIP back in there.
  auto const frames = set_bridged_frames(net_, BridgedFrames::Shown, bridge_filter_);
  if (!frames) {
    return frames.error();
  }
  return *frames == BridgedFrames::Shown ? VipSource::Client : VipSource::Node;
}

Result<void> VipTable::write_rules(VipRules const& wanted) {
  if (rules_) {
    if (tables_.run(render_vip_change(*rules_, wanted))) {
      return {};
    }
    // Somebody else changed the table; all of it is written anew.
    rules_.reset();
  }
  return tables_.run(render_vip_table(wanted));
}

}  // namespace swarmward::mesh
