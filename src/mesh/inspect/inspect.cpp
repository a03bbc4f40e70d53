#include "mesh/inspect/inspect.h"

#include <algorithm>
#include <chrono>

#include <fmt/format.h>

#include "mesh/apply/interface_addresses.h"
#include "mesh/apply/overlay.h"
#include "mesh/device_name.h"
#include "mesh/inspect/compare.h"
#include "mesh/inspect/find_path.h"
#include "mesh/inspect/observe.h"
#include "mesh/kept_file.h"
#include "mesh/wanted.h"
#include "wire/network_plan.h"
#include "wire/network_report.h"

namespace swarmward::mesh {
namespace {

/// The text of a kept file; empty if there is none.
std::string kept_text(std::filesystem::path const& path) {
  auto text = read_kept(path);
  return text && *text ? std::move(**text) : std::string();
}

ObservedAgent observe_agent(InspectedPlaces const& places, AgentHealth const& health) {
  ObservedAgent agent{
      .mark = {}, .age_seconds = -1, .error = health.error, .pass_seconds = health.pass_seconds};
  auto const text = kept_text(places.plan);
  if (text.empty()) {
    return agent;
  }
  agent.mark = wire::network_plan_checksum(text);
  std::error_code failure;
  auto const written = std::filesystem::last_write_time(places.plan, failure);
  if (!failure) {
    auto const age = std::filesystem::file_time_type::clock::now() - written;
    agent.age_seconds =
        std::max<std::int64_t>(0, std::chrono::duration_cast<std::chrono::seconds>(age).count());
  }
  return agent;
}

/// One look at everything that was asked for.
class Look {
 public:
  Look(InspectedPlaces const& places,
       ObservedEngine const& engine,
       model::NetworkQuestion const& question,
       model::NetworkPlan const& plan,
       AgentState const& state)
      : places_(places), engine_(engine), question_(question), plan_(plan), state_(state) {}

  Result<model::NetworkReport> make(AgentHealth const& health) {
    auto const host = NetNamespace::current();
    if (!host) {
      return host.error();
    }
    auto const agent = observe_agent(places_, health);
    compare_agent(wire::network_plan_checksum(question_.plan), agent, findings_);
    report_.mark = agent.mark;
    report_.age_seconds = agent.age_seconds;
    look_at_engine();
    look_at_networks(*host);
    report_.findings = findings_.found();
    report_.looked_at = findings_.looked_at();
    return std::move(report_);
  }

 private:
  [[nodiscard]] bool asked_for(std::string const& network) const {
    auto const& asked = question_.networks;
    return asked.empty() || std::ranges::find(asked, network) != asked.end();
  }

  [[nodiscard]] std::filesystem::path file_of(std::string const& network) const {
    return places_.namespaces / device_name("ov-", network);
  }

  void look_at_engine() {
    findings_.looked();
    if (!engine_.failure.empty()) {
      findings_.add("engine.silent",
                    "the engine did not list its containers: " + engine_.failure,
                    "dockerd is stopped or overloaded",
                    "systemctl status docker on the node; docker ward doctor says more of engines");
    }
  }

  void look_at_networks(NetNamespace const& host) {
    auto const wanted = plan_wanted(state_, plan_);
    findings_.looked(wanted.networks.size());
    for (auto const& problem : wanted.problems) {
      findings_.add("plan.invalid",
                    problem,
                    "the manager and this node are of different versions, or a file was changed",
                    "install the same swarmward on both");
    }
    for (auto const& network : wanted.networks) {
      if (asked_for(network.planned->id)) {
        look_at(network, host);
      }
    }
    find_missing(wanted.networks);
  }

  void look_at(WantedNetwork const& wanted, NetNamespace const& host) {
    auto const& planned = *wanted.planned;
    if (model::find_planned(plan_, planned.id) == nullptr) {
      return;  // The engine has it for containers of its own; nobody planned what is in it.
    }
    findings_.about(planned.name);
    report_.networks.push_back(planned.name);
    auto const seen = observe_overlay(file_of(planned.id), planned, places_.backend);
    auto underlay = places_.underlay;
    underlay.port = static_cast<std::uint16_t>(plan_.data_path_port);
    compare_overlay(wanted, underlay, state_, seen, findings_);
    if (seen.failure.empty()) {
      compare_vips(planned, seen, findings_);
      compare_names(planned, seen, findings_);
    }
    compare_members(planned, state_, engine_, findings_);
    bool const path_here = question_.path_network == planned.id && !question_.path_key.empty();
    if (planned.id == plan_.ingress) {
      look_at_ingress(planned, host);
      describe_path(planned, seen);
    } else if (path_here) {
      auto const has_address = std::ranges::any_of(seen.bridge_addresses, [&](auto const& each) {
        return to_text(each.address) == question_.path_key;
      });
      set_path(has_address, seen.vips);
      describe_path(planned, seen);
    }
    findings_.about({});
  }

  void look_at_ingress(model::PlannedNetwork const& planned, NetNamespace const& host) {
    auto const link = plan_ingress_link(places_.link);
    if (!link) {
      return;
    }
    auto const ports = plan_published(
        plan_.ports, [&](std::string const& interface) { return addresses_of(host, interface); });
    auto const file = file_of(planned.id);
    auto const seen = observe_ingress({.host = host,
                                       .ingress = file,
                                       .link = *link,
                                       .network = planned,
                                       .planned = plan_.ports,
                                       .ports = ports},
                                      places_.backend);
    compare_ingress(plan_, planned, *link, ports, seen, findings_);
    if (question_.path_network == planned.id && !question_.path_key.empty()) {
      set_path(hands_over(seen.published, question_.path_key), seen.shared);
    }
  }

  void set_path(bool open, std::vector<SharedPart> const& parts) {
    auto& path = report_.path.emplace();
    path.open = open;
    path.targets = find_targets(parts, question_.path_key);
    path.backend = to_text(places_.backend.backend);
  }

  void describe_path(model::PlannedNetwork const& planned, ObservedOverlay const& seen) {
    if (!report_.path) {
      return;
    }
    report_.path->node_address = planned.node_address;
    auto const bridge = std::ranges::find(seen.links, std::string(kBridge), &Link::name);
    report_.path->mtu = bridge == seen.links.end() ? 0 : bridge->mtu;
  }

  /// Networks of the plan with members here that the engine does not know.
  void find_missing(std::vector<WantedNetwork> const& wanted) {
    for (model::PlannedNetwork const& planned : plan_.networks) {
      bool const there = std::ranges::any_of(
          wanted, [&](WantedNetwork const& network) { return network.planned->id == planned.id; });
      if (there || planned.local.empty() || !asked_for(planned.id)) {
        continue;
      }
      findings_.about(planned.name);
      report_.networks.push_back(planned.name);
      findings_.add("network.missing",
                    fmt::format("the engine has no such network, but members here: {}",
                                listed(planned.local)),
                    "tasks are just being started; or the network was removed on the engine by "
                    "hand, or could not be made there",
                    "look again in a few seconds. If it stays so, docker ward explain SERVICE "
                    "tells why tasks do not start");
    }
    findings_.about({});
  }

  InspectedPlaces const& places_;
  ObservedEngine const& engine_;
  model::NetworkQuestion const& question_;
  model::NetworkPlan const& plan_;
  AgentState const& state_;
  Findings findings_;
  model::NetworkReport report_;
};

}  // namespace

Result<model::NetworkReport> inspect_networks(InspectedPlaces const& places,
                                              AgentHealth const& health,
                                              ObservedEngine const& engine,
                                              model::NetworkQuestion const& question) {
  auto const plan = wire::network_plan_from(question.plan);
  if (!plan) {
    return plan.error();
  }
  AgentState state;
  if (auto const text = kept_text(places.state); !text.empty()) {
    auto kept = agent_state_from(text);
    if (!kept) {
      return in_context("what the agent kept", kept.error());
    }
    state = std::move(*kept);
  }
  return Look(places, engine, question, *plan, state).make(health);
}

}  // namespace swarmward::mesh
