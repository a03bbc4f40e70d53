#include "scheduler/simulation/disk.h"

namespace swarmward::scheduler::simulation {

template <class T>
std::string Disk::store(T const& object) {
  auto number = std::to_string(++count_);
  shelf_[number] = std::make_shared<T const>(object);
  return number;
}

template <class T>
Result<T> Disk::fetch(std::string_view number) const {
  auto const found = shelf_.find(std::string(number));
  if (found == shelf_.end()) {
    return internal_error("nothing is on the shelf under that number");
  }
  return *std::static_pointer_cast<T const>(found->second);
}

state::Codec Disk::codec() {
  state::Codec codec;
  codec.encode_cluster = [this](model::Cluster const& cluster) { return store(cluster); };
  codec.encode_node = [this](model::Node const& node) { return store(node); };
  codec.encode_network = [this](model::Network const& network) { return store(network); };
  codec.encode_secret = [this](model::Secret const& secret) { return store(secret); };
  codec.encode_config = [this](model::Config const& config) { return store(config); };
  codec.encode_credential = [this](model::RegistryCredential const& credential) {
    return store(credential);
  };
  codec.encode_service = [this](model::Service const& service) { return store(service); };
  codec.encode_task = [this](model::Task const& task) { return store(task); };
  codec.decode_cluster = [this](std::string_view body) { return fetch<model::Cluster>(body); };
  codec.decode_node = [this](std::string_view body) { return fetch<model::Node>(body); };
  codec.decode_network = [this](std::string_view body) { return fetch<model::Network>(body); };
  codec.decode_secret = [this](std::string_view body) { return fetch<model::Secret>(body); };
  codec.decode_config = [this](std::string_view body) { return fetch<model::Config>(body); };
  codec.decode_credential = [this](std::string_view body) {
    return fetch<model::RegistryCredential>(body);
  };
  codec.decode_service = [this](std::string_view body) { return fetch<model::Service>(body); };
  codec.decode_task = [this](std::string_view body) { return fetch<model::Task>(body); };
  return codec;
}

std::vector<state::Row> Disk::load() const {
  std::vector<state::Row> all;
  for (auto const& [key, body] : rows_) {
    all.push_back({key.first, key.second, body});
  }
  return all;
}

Result<void> Disk::write(std::vector<state::Row> const& rows) {
  if (forget_every_ != 0 && ++writes_ % forget_every_ == 0) {
    return {};
  }
  for (auto const& row : rows) {
    bool const object = row.kind != state::ObjectKind::Counter;
    if (full_) {
      shelf_.erase(object ? row.body : std::string());
      continue;
    }
    auto const at = rows_.try_emplace({row.kind, row.id}).first;
    if (object) {
      shelf_.erase(at->second);
    }
    at->second = row.body;
    if (row.body.empty()) {
      rows_.erase(at);
    }
  }
  if (full_) {
    return unavailable("no space left");
  }
  return {};
}

state::RunLater SimPersistence::run_later() {
  return [this](std::function<void()> write) {
    auto const takes = random_.chance(0.01) ? random_.about(std::chrono::milliseconds(200))
                                            : random_.about(std::chrono::milliseconds(2));
    queue_.after(takes, [alive = alive_, write = std::move(write)] {
      if (*alive) {
        write();
      }
    });
  };
}

}  // namespace swarmward::scheduler::simulation
