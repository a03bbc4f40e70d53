#include "wire/swarm.h"

#include <nlohmann/json.hpp>

#include "wire/codec/writer.h"
#include "wire/fields/cluster.h"

namespace swarmward::wire {

using nlohmann::json;

json to_json(model::ClusterSpec const& spec) {
  json document;
  Writer writer(document);
  describe(writer, spec);
  return document;
}

json to_json(model::Cluster const& cluster) {
  json document;
  Writer writer(document);
  describe(writer, cluster);
  document["RootRotationInProgress"] = cluster.root_rotation.has_value();
  // Native shows an empty list as null; clients tell "no pools" by it.
  if (cluster.default_addr_pool && cluster.default_addr_pool->empty()) {
    document["DefaultAddrPool"] = nullptr;
  }
  return document;
}

json cluster_info(model::Cluster const& cluster) {
  auto document = to_json(cluster);
  document.erase("JoinTokens");
  return document;
}

}  // namespace swarmward::wire
