#include "state/persistence.h"

#include <charconv>
#include <map>
#include <string_view>
#include <unordered_map>

namespace swarmward::state {

namespace {

/// Adds the rows of one kind of object.
template <class T, class Encode>
void add_rows(std::vector<Row>& rows,
              ObjectKind kind,
              std::vector<Touched const*> const& commits,
              std::vector<Touch<T>> Touched::*kind_touches,
              Encode const& encode) {
  std::unordered_map<std::string_view, Touch<T> const*> last;  // Only the last write counts.
  std::vector<std::string_view> order;
  for (auto const* touched : commits) {
    for (auto const& touch : touched->*kind_touches) {
      auto const id = (touch.after ? touch.after : touch.before)->id.view();
      if (last.insert_or_assign(id, &touch).second) {
        order.push_back(id);
      }
    }
  }
  rows.reserve(rows.size() + order.size());
  for (auto const id : order) {
    auto const& after = last.at(id)->after;
    rows.push_back({kind, std::string(id), after ? encode(*after) : std::string{}});
  }
}

template <class T>
Error unreadable(Row const& row, Result<T> const& result) {
  return internal_error("stored object " + row.id + " cannot be read: " + result.error().message);
}

/// Puts loaded objects into a draft-like snapshot without stamping them anew.
class Loader {
 public:
  Loader(Snapshot& snapshot, Codec const& codec) : snapshot_(snapshot), codec_(codec) {}

  Result<void> add(Row const& row) {
    switch (row.kind) {
      case ObjectKind::Counter:
        return add_counter(row);
      case ObjectKind::Cluster:
        return add_cluster(row);
      case ObjectKind::Node:
        return add_node(row);
      case ObjectKind::Service:
        return add_named(row, codec_.decode_service, snapshot_.services, snapshot_.service_names);
      case ObjectKind::Task:
        return add_task(row);
      case ObjectKind::Network:
        return add_named(row, codec_.decode_network, snapshot_.networks, snapshot_.network_names);
      case ObjectKind::Secret:
        return add_named(row, codec_.decode_secret, snapshot_.secrets, snapshot_.secret_names);
      case ObjectKind::Config:
        return add_named(row, codec_.decode_config, snapshot_.configs, snapshot_.config_names);
      case ObjectKind::Credential:
        return add_named(
            row, codec_.decode_credential, snapshot_.credentials, snapshot_.credential_names);
    }
    return internal_error("stored object " + row.id + " is of an unknown kind");
  }

 private:
  Result<void> add_counter(Row const& row) {
    auto const* end = row.body.data() + row.body.size();
    auto const [stop, error] = std::from_chars(row.body.data(), end, snapshot_.version);
    if (error != std::errc() || stop != end) {
      return internal_error("stored object " + row.id + " cannot be read: not a number");
    }
    return {};
  }

  Result<void> add_cluster(Row const& row) {
    auto cluster = codec_.decode_cluster(row.body);
    if (!cluster) {
      return unreadable(row, cluster);
    }
    snapshot_.cluster = std::make_shared<model::Cluster const>(std::move(*cluster));
    return {};
  }

  Result<void> add_node(Row const& row) {
    auto node = codec_.decode_node(row.body);
    if (!node) {
      return unreadable(row, node);
    }
    auto shared = std::make_shared<model::Node const>(std::move(*node));
    snapshot_.nodes.insert_or_assign(shared->id, shared);
    return {};
  }

  template <class T, class Table, class Names>
  Result<void> add_named(Row const& row,
                         std::function<Result<T>(std::string_view)> const& decode,
                         Table& table,
                         Names& names) {
    auto object = decode(row.body);
    if (!object) {
      return unreadable(row, object);
    }
    auto shared = std::make_shared<T const>(std::move(*object));
    names.insert_or_assign(lower_case(shared->name()), shared->id);
    table.insert_or_assign(shared->id, shared);
    return {};
  }

  Result<void> add_task(Row const& row) {
    auto task = codec_.decode_task(row.body);
    if (!task) {
      return unreadable(row, task);
    }
    auto& known = specs_[{task->service_id, task->spec_version}];
    if (known && *known->spec == *task->spec) {
      task->spec = known->spec;
      task->service_annotations = known->service_annotations;
    }
    auto shared = std::make_shared<model::Task const>(std::move(*task));
    known = shared;
    snapshot_.tasks.insert_or_assign(shared->id, shared);
    snapshot_.tasks_by_service.insert_or_assign(TaskBySlot::key(shared), shared);
    if (!shared->node_id.empty()) {
      snapshot_.tasks_by_node.insert_or_assign({shared->node_id, shared->id}, shared);
    }
    return {};
  }

  Snapshot& snapshot_;
  Codec const& codec_;
  std::map<std::pair<model::ServiceId, std::uint64_t>, TaskPtr> specs_;
};

}  // namespace

std::vector<Row> rows_of(std::vector<Touched const*> const& commits,
                         std::uint64_t version,
                         Codec const& codec) {
  std::vector<Row> rows;
  add_rows(rows, ObjectKind::Cluster, commits, &Touched::clusters, codec.encode_cluster);
  add_rows(rows, ObjectKind::Node, commits, &Touched::nodes, codec.encode_node);
  add_rows(rows, ObjectKind::Network, commits, &Touched::networks, codec.encode_network);
  add_rows(rows, ObjectKind::Secret, commits, &Touched::secrets, codec.encode_secret);
  add_rows(rows, ObjectKind::Config, commits, &Touched::configs, codec.encode_config);
  add_rows(rows, ObjectKind::Credential, commits, &Touched::credentials, codec.encode_credential);
  add_rows(rows, ObjectKind::Service, commits, &Touched::services, codec.encode_service);
  add_rows(rows, ObjectKind::Task, commits, &Touched::tasks, codec.encode_task);
  rows.push_back({ObjectKind::Counter, "version", std::to_string(version)});
  return rows;
}

Result<Snapshot> snapshot_from(std::vector<Row> const& rows, Codec const& codec) {
  Snapshot snapshot;
  Loader loader(snapshot, codec);
  for (auto const& row : rows) {
    if (auto added = loader.add(row); !added) {
      return added.error();
    }
  }
  return snapshot;
}

}  // namespace swarmward::state
