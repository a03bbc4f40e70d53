#include "backends/runner/info_digest.h"

#include <boost/functional/hash.hpp>

namespace swarmward::backends {

namespace {

template <class... Fields>
void add(std::size_t& sum, Fields const&... fields) {
  (boost::hash_combine(sum, fields), ...);
}

}  // namespace

/// Names all fields of each struct, so that none is forgotten: it would not compile.
std::size_t digest(EngineInfo const& info) {
  std::size_t sum = 0;
  auto const& [said, id, api_version, cpus, live_restore, native_swarm_active, root] = info;
  auto const& [hostname, platform, resources, engine_version, engine_labels, plugins, tls] = said;
  auto const& [architecture, os] = platform;
  auto const& [nano_cpus, memory_bytes, generic] = resources;
  add(sum, id, api_version, cpus, live_restore, native_swarm_active, root.uid, root.gid);
  add(sum, hostname, architecture, os, nano_cpus, memory_bytes, engine_version, engine_labels);
  for (auto const& [kind, count, name] : generic) {
    add(sum, kind, count, name);
  }
  for (auto const& [type, name] : plugins) {
    add(sum, type, name);
  }
  static_cast<void>(tls);  // An engine says nothing of it.
  return sum;
}

}  // namespace swarmward::backends
