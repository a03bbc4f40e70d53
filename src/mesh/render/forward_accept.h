#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace swarmward::mesh {

/// The chain that lets packets to and from the ingress namespace pass the host's filter.
inline constexpr char const* kForwardChain = "WARD-INGRESS";

/// Arguments of iptables, one command.
using IptablesArguments = std::vector<std::string>;

/// Pure: what must run so that the filter of one stack lets published ports pass, given what
/// `iptables -S` says about its table "filter". Nothing where the chain FORWARD drops nothing by
/// its policy or a rule without conditions, or where all is there. The jump comes right after the
/// one to DOCKER-USER, so that an administrator's rules there are asked first.
[[nodiscard]] std::vector<IptablesArguments> plan_forward_accept(std::string_view listing);

/// Pure: what must run so that nothing of the chain is left.
[[nodiscard]] std::vector<IptablesArguments> plan_forward_removal(std::string_view listing);

}  // namespace swarmward::mesh
