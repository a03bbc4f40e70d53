#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "model/common.h"
#include "model/network_plan.h"

namespace swarmward::model {

/// The `ward.*` labels of services and nodes that steer the control loops. docs/labels.md describes
/// each for users; every name stands here and nowhere else. A value that cannot be read counts as
/// if the label were absent.

/// A length of time as Go writes it: "30s", "1h30m", "1.5s", "0". Nothing for negative or malformed
/// text, or for more than 292 years.
[[nodiscard]] std::optional<Duration> parse_duration(std::string_view text);

/// `ward.restart.backoff`: delays grow from failure to failure. Default on.
[[nodiscard]] bool has_restart_backoff(StringMap const& service_labels);

/// `ward.update.gate`: an update goes on to the next slot only once the last one has been watched
/// for Monitor. Default on.
[[nodiscard]] bool has_update_gate(StringMap const& service_labels);

/// `ward.update.deadline`: a new task that does not run after this long has failed. Nothing: the
/// updater's default; 0 counts as absent.
[[nodiscard]] std::optional<Duration> update_deadline(StringMap const& service_labels);

/// `ward.update.onpause=stop`: tasks that failed are not tried again while the update is paused.
/// Default off.
[[nodiscard]] bool stops_on_pause(StringMap const& service_labels);

/// `ward.rebalance=auto`: tasks move to nodes that have become free. Default off.
[[nodiscard]] bool has_rebalance(StringMap const& service_labels);

/// `ward.strategy=binpack`: tasks go to the fullest nodes that fit instead of being spread. Default
/// off.
[[nodiscard]] bool has_binpack(StringMap const& service_labels);

/// A service that must run before another one's tasks start.
struct Dependency {
  enum class Needs { OneTask, AllTasks };
  std::string service;  ///< By name.
  Needs needs = Needs::OneTask;
  bool operator==(Dependency const&) const = default;
};

/// `ward.depends-on=db,cache:healthy`: in the order written; ":healthy" asks for all tasks. Default
/// none.
[[nodiscard]] std::vector<Dependency> dependencies(StringMap const& service_labels);

/// `ward.pre-deploy=migrate,seed`: jobs, by name, that have to complete before an update replaces
/// the first task, and before the service's first start. In the order written. Default none.
[[nodiscard]] std::vector<std::string> pre_deploy_jobs(StringMap const& service_labels);

/// `ward.ingress=preserve|local`: whom tasks see as the source behind published ports. Default
/// snat.
[[nodiscard]] IngressMode ingress_mode(StringMap const& service_labels);

/// `ward.publish.PORT.ip`: the addresses and interfaces of nodes that answer on the published port,
/// in the order written. Default none: all answer.
[[nodiscard]] std::vector<std::string> publish_at(StringMap const& service_labels,
                                                  std::uint32_t published_port);

/// `ward.drain-delay`: so long a task goes on serving what it has after it was withdrawn from all
/// nodes, before its stop signal. Default zero.
[[nodiscard]] Duration drain_delay(StringMap const& service_labels);

/// `ward.node.grace`: how long the node may be silent before it counts as down. Nothing: liveness's
/// default; 0 counts as absent.
[[nodiscard]] std::optional<Duration> node_grace(StringMap const& node_labels);

}  // namespace swarmward::model
