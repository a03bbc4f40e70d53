#include "app/store_codec.h"

#include "wire/stored/stored.h"
#include "wire/stored/task_encoder.h"

namespace swarmward::app {

state::Codec stored_codec() {
  state::Codec codec;
  codec.encode_cluster = [](model::Cluster const& object) { return wire::stored(object); };
  codec.encode_node = [](model::Node const& object) { return wire::stored(object); };
  codec.encode_network = [](model::Network const& object) { return wire::stored(object); };
  codec.encode_secret = [](model::Secret const& object) { return wire::stored(object); };
  codec.encode_config = [](model::Config const& object) { return wire::stored(object); };
  codec.encode_credential = [](model::RegistryCredential const& object) {
    return wire::stored(object);
  };
  codec.encode_service = [](model::Service const& object) { return wire::stored(object); };
  auto const tasks = std::make_shared<wire::TaskEncoder>();  // The store encodes on one thread.
  codec.encode_task = [tasks](model::Task const& object) { return tasks->encode(object); };
  codec.decode_cluster = wire::cluster_from_stored;
  codec.decode_node = wire::node_from_stored;
  codec.decode_network = wire::network_from_stored;
  codec.decode_secret = wire::secret_from_stored;
  codec.decode_config = wire::config_from_stored;
  codec.decode_credential = wire::credential_from_stored;
  codec.decode_service = wire::service_from_stored;
  codec.decode_task = wire::task_from_stored;
  return codec;
}

}  // namespace swarmward::app
