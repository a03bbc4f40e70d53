#pragma once

#include <ostream>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "mesh/apply/net_namespace.h"
#include "mesh/backend.h"

namespace swarmward::mesh {

/// All of them, for tests of what each must do; iptables in both flavours.
[[nodiscard]] std::vector<ChosenBackend> all_backends();

/// "iptables_legacy", as names of tests may be.
[[nodiscard]] std::string backend_name(::testing::TestParamInfo<ChosenBackend> const& about);

/// Why this kernel cannot run it; empty: it can. A reason never stands for a defect of ours: it
/// comes from what the kernel itself says of its parts.
[[nodiscard]] std::string why_not(ChosenBackend const& backend);

/// As an administrator or a firewall does it: no rule of the backend's kind is left in the
/// namespace of a host or of an overlay.
void flush_rules(NetNamespace const& net, ChosenBackend const& backend);

/// All rules of all backends in the namespace that are ours; empty without any.
[[nodiscard]] std::string our_rules(NetNamespace const& net);

/// How failures of tests call it.
void PrintTo(ChosenBackend const& backend, std::ostream* out);

}  // namespace swarmward::mesh
