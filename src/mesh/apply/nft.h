#pragma once

#include <string>

#include "base/result.h"
#include "mesh/apply/net_namespace.h"

namespace swarmward::mesh {

// The only file that names libnftables is the one behind this.

/// Runs commands of nft in the namespace, all of them in one transaction or none. In process: no
/// program is started. Blocks for as long as the kernel needs. Errors: Unavailable, with what the
/// library said.
[[nodiscard]] Result<void> apply_rules(NetNamespace const& net, std::string const& commands);

/// A table ("ip ward_vip") with all its elements, as the library's JSON. Changes nothing. Errors:
/// NotFound where there is no such table; Unavailable.
[[nodiscard]] Result<std::string> list_table_json(NetNamespace const& net,
                                                  std::string const& table);

}  // namespace swarmward::mesh
