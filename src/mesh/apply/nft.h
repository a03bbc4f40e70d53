#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "mesh/apply/net_namespace.h"

namespace swarmward::mesh {

// The only file that names libnftables is the one behind this.

/// Runs commands of nft in the namespace, each text in one transaction or not at all; after an
/// error the later ones are left out. In process: no program is started. Blocks until the changes
/// are in force. Errors: Unavailable, with what the library said.
[[nodiscard]] Result<void> apply_rules(NetNamespace const& net,
                                       std::vector<std::string> const& transactions);

/// A table ("ip ward_vip") with all its elements, as the library's JSON. Changes nothing. Errors:
/// NotFound where there is no such table; Unavailable.
[[nodiscard]] Result<std::string> list_table_json(NetNamespace const& net,
                                                  std::string const& table);

}  // namespace swarmward::mesh
