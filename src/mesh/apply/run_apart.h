#pragma once

#include <functional>

#include "base/result.h"
#include "mesh/apply/net_namespace.h"

namespace swarmward::mesh {

/// Runs the work in the namespace on a thread that has none of this program's descriptors but the
/// first three, and waits for it. For libraries that wait with select(2): it cannot take
/// descriptors from 1024 on, which a host with many published ports or connections has. What the
/// work opens is closed when it ends. The work must not throw. Errors: Unavailable, and those of
/// the work.
[[nodiscard]] Result<void> run_apart(NetNamespace const& net,
                                     std::function<Result<void>()> const& work);

/// Called by the work: what it has open now is closed by the kernel after the thread has ended for
/// those who wait for it, whatever closes it before. For descriptors that are slow to close.
void close_with_thread();

}  // namespace swarmward::mesh
