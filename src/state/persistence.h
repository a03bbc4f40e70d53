#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "state/snapshot.h"

namespace swarmward::state {

/// Numbers are part of the stored format.
enum class ObjectKind : std::uint8_t {
  Counter = 0,
  Cluster = 1,
  Node = 2,
  Service = 3,
  Task = 4,
  Network = 5,
  Secret = 6,
  Config = 7,
  Credential = 8,
};

/// One object to write, or to remove when the body is empty.
struct Row {
  ObjectKind kind = ObjectKind::Counter;
  std::string id;
  std::string body;
};

/// Runs what it is given once, later.
using RunLater = std::function<void(std::function<void()>)>;

/// Where objects outlive the process. Used by one thread at a time.
class Persistence {
 public:
  virtual ~Persistence() = default;
  /// Where write() runs: empty for a thread of the store's own. A simulation, which has but one
  /// thread, gives its queue of events; what it was given it forgets when the store goes.
  [[nodiscard]] virtual RunLater run_later() { return {}; }
  /// Every stored row, in any order. Called once, before the first write.
  virtual Result<std::vector<Row>> load() = 0;
  /// All rows or none; when it returns they survive a power cut. Errors: Unavailable.
  virtual Result<void> write(std::vector<Row> const& rows) = 0;
};

/// Turns objects into rows and back; given from outside, so that this room knows no format.
struct Codec {
  std::function<std::string(model::Cluster const&)> encode_cluster;
  std::function<std::string(model::Node const&)> encode_node;
  std::function<std::string(model::Network const&)> encode_network;
  std::function<std::string(model::Secret const&)> encode_secret;
  std::function<std::string(model::Config const&)> encode_config;
  std::function<std::string(model::RegistryCredential const&)> encode_credential;
  std::function<std::string(model::Service const&)> encode_service;
  std::function<std::string(model::Task const&)> encode_task;
  std::function<Result<model::Cluster>(std::string_view)> decode_cluster;
  std::function<Result<model::Node>(std::string_view)> decode_node;
  std::function<Result<model::Network>(std::string_view)> decode_network;
  std::function<Result<model::Secret>(std::string_view)> decode_secret;
  std::function<Result<model::Config>(std::string_view)> decode_config;
  std::function<Result<model::RegistryCredential>(std::string_view)> decode_credential;
  std::function<Result<model::Service>(std::string_view)> decode_service;
  std::function<Result<model::Task>(std::string_view)> decode_task;
};

/// The rows that bring a store from before these commits, in their order, to after them, the
/// version counter included. An object that was written several times has one row.
[[nodiscard]] std::vector<Row> rows_of(std::vector<Touched const*> const& commits,
                                       std::uint64_t version,
                                       Codec const& codec);

/// The snapshot that these rows hold. Tasks of one service version share one spec again.
/// Errors: Internal, naming the row that cannot be read.
[[nodiscard]] Result<Snapshot> snapshot_from(std::vector<Row> const& rows, Codec const& codec);

}  // namespace swarmward::state
