#include <fmt/format.h>

#include "mesh/inspect/compare.h"

namespace swarmward::mesh {
namespace {

/// Passes come every 5 seconds; so much later something holds one up.
constexpr std::int64_t kLatePass = 20;

std::string age_text(std::int64_t seconds) {
  return seconds < 0 ? std::string("at a time unknown") : fmt::format("{} s ago", seconds);
}

}  // namespace

void compare_agent(std::string const& wanted_mark, ObservedAgent const& agent, Findings& findings) {
  findings.looked(3);
  if (agent.mark.empty()) {
    findings.add("plan.none",
                 "the agent has no plan of networks",
                 "the node joined a moment ago, or it could not ask the manager since",
                 "look again in a few seconds. If it stays so, see that the node reaches the "
                 "manager's port for members (2377), and read swarmward's log on the node");
  } else if (agent.mark != wanted_mark) {
    findings.add(
        "plan.lags",
        fmt::format("the agent follows plan {}, the manager's is {}; it was told its own {}",
                    agent.mark,
                    wanted_mark,
                    age_text(agent.age_seconds)),
        "the plan has just changed, the agent is busy with the one before, or the node "
        "does not reach the manager's port for members (2377)",
        "look again in a few seconds. If it stays so, restart swarmward on the node: "
        "running containers and their connections are not touched");
  }
  if (!agent.error.empty()) {
    findings.add("agent.error",
                 "carrying out the plan fails: " + agent.error,
                 "the kernel or a program of the host refused what the agent asked for",
                 "what follows shows what is missing. The agent tries again every 5 seconds; the "
                 "reason is in its own words in swarmward's log on the node");
  }
  if (agent.pass_seconds > kLatePass) {
    findings.add("agent.stuck",
                 fmt::format("the agent's last look at the kernel ended {} s ago, not 5",
                             agent.pass_seconds),
                 "it waits for the kernel, the disk or a program of the host (iptables)",
                 "look for processes in state D and for a full disk on the node; then restart "
                 "swarmward there");
  }
}

}  // namespace swarmward::mesh
