#pragma once

#include "base/id.h"

namespace swarmward::model {

using ClusterId = Id<struct ClusterTag>;
using ConfigId = Id<struct ConfigTag>;
using CredentialId = Id<struct CredentialTag>;
using NetworkId = Id<struct NetworkTag>;
using NodeId = Id<struct NodeTag>;
using SecretId = Id<struct SecretTag>;
using ServiceId = Id<struct ServiceTag>;
using TaskId = Id<struct TaskTag>;

/// 1-based place of a replica. Native shows 0 for tasks without one (global services).
using Slot = std::uint64_t;

}  // namespace swarmward::model
