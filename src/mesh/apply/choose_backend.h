#pragma once

#include <optional>

#include "base/result.h"
#include "mesh/backend.h"

namespace swarmward::mesh {

/// The backend for this host: the one that is asked for, or the first of nftables, IPVS and
/// iptables whose rules the kernel takes. Tried out in namespaces of their own, so nothing of the
/// host changes but that modules are loaded. Blocks; starts programs where nftables does not do.
/// Errors: Unavailable, with the cause and the cure, where it does not work, or none does.
[[nodiscard]] Result<ChosenBackend> choose_backend(std::optional<Backend> asked);

}  // namespace swarmward::mesh
