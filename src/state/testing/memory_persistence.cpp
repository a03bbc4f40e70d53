#include "state/testing/memory_persistence.h"

namespace swarmward::state {

Codec id_only_codec() {
  Codec codec;
  codec.encode_cluster = [](model::Cluster const& cluster) { return cluster.id.str(); };
  codec.encode_node = [](model::Node const& node) { return node.id.str(); };
  codec.encode_network = [](model::Network const& network) {
    return network.id.str() + network.name();
  };
  codec.encode_secret = [](model::Secret const& secret) { return secret.id.str() + secret.name(); };
  codec.encode_config = [](model::Config const& config) { return config.id.str() + config.name(); };
  codec.encode_credential = [](model::RegistryCredential const& credential) {
    return credential.id.str() + credential.name();
  };
  codec.encode_service = [](model::Service const& service) {
    return service.id.str() + service.name();
  };
  codec.encode_task = [](model::Task const& task) { return task.id.str() + task.service_id.str(); };
  codec.decode_cluster = [](std::string_view body) -> Result<model::Cluster> {
    model::Cluster cluster;
    cluster.id = model::ClusterId(body);
    return cluster;
  };
  codec.decode_node = [](std::string_view body) -> Result<model::Node> {
    model::Node node;
    node.id = model::NodeId(body);
    return node;
  };
  codec.decode_network = [](std::string_view body) -> Result<model::Network> {
    model::Network network;
    network.id = model::NetworkId(body.substr(0, kIdLength));
    network.spec.annotations.name = body.substr(kIdLength);
    return network;
  };
  codec.decode_secret = [](std::string_view body) -> Result<model::Secret> {
    model::Secret secret;
    secret.id = model::SecretId(body.substr(0, kIdLength));
    secret.spec.annotations.name = body.substr(kIdLength);
    return secret;
  };
  codec.decode_config = [](std::string_view body) -> Result<model::Config> {
    model::Config config;
    config.id = model::ConfigId(body.substr(0, kIdLength));
    config.spec.annotations.name = body.substr(kIdLength);
    return config;
  };
  codec.decode_credential = [](std::string_view body) -> Result<model::RegistryCredential> {
    model::RegistryCredential credential;
    credential.id = model::CredentialId(body.substr(0, kIdLength));
    credential.login.server = body.substr(kIdLength);
    return credential;
  };
  codec.decode_service = [](std::string_view body) -> Result<model::Service> {
    model::Service service;
    service.id = model::ServiceId(body.substr(0, kIdLength));
    model::ServiceSpec spec;
    spec.annotations.name = body.substr(kIdLength);
    service.spec = std::make_shared<model::ServiceSpec const>(std::move(spec));
    return service;
  };
  codec.decode_task = [](std::string_view body) -> Result<model::Task> {
    model::Task task;
    task.id = model::TaskId(body.substr(0, kIdLength));
    task.service_id = model::ServiceId(body.substr(kIdLength));
    task.spec = std::make_shared<model::TaskSpec const>();
    task.service_annotations = std::make_shared<model::Annotations const>();
    return task;
  };
  return codec;
}

}  // namespace swarmward::state
