#pragma once

#include <variant>

#include "mesh/dns/answers.h"

namespace swarmward::mesh::dns {

enum class Transport { Udp, Tcp };

/// What to do with a message: nothing, send bytes back, or ask other servers.
using Response = std::variant<Silence, std::string, Query>;

/// Decides on whatever bytes came in. `turn` counts the answers with several addresses. A network
/// that no plan has named yet fails all queries, so that engines ask their next server.
[[nodiscard]] Response respond(Names const& names,
                               Asker const& asker,
                               std::string_view bytes,
                               Transport transport,
                               std::uint64_t& turn);

}  // namespace swarmward::mesh::dns
