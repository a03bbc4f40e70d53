#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "mesh/dns/names.h"
#include "mesh/dns/reply.h"

namespace swarmward::mesh::dns {

/// VIPs do not change as long as their service lives. Source: what swarm mode tells.
inline constexpr std::chrono::seconds kVipTtl{600};
/// Tasks come and go.
inline constexpr std::chrono::seconds kTaskTtl{5};

/// Who asks: the network that the query came in by, and its source address there.
struct Asker {
  std::string network_id;
  Address source;
};

/// Pure. Nothing for a name that none of the asker's networks knows, whose question belongs to
/// other servers. Several addresses begin with another one at each `turn`.
[[nodiscard]] std::optional<Answer> find_answer(Names const& names,
                                                Asker const& asker,
                                                Question const& question,
                                                std::uint64_t turn);

}  // namespace swarmward::mesh::dns
