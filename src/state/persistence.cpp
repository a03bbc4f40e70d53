#include "state/persistence.h"

#include <charconv>
#include <map>
#include <tuple>

namespace swarmward::state {

namespace {

template <class T, class Encode>
void add_rows(std::vector<Row>& rows,
              std::map<std::pair<ObjectKind, std::string>, std::size_t>& position,
              ObjectKind kind,
              std::vector<Touch<T>> const& touches,
              Encode const& encode) {
  for (auto const& touch : touches) {
    auto const& object = touch.after ? touch.after : touch.before;
    auto const [known, added] = position.try_emplace({kind, object->id.str()}, rows.size());
    if (added) {
      rows.push_back({kind, object->id.str(), {}});
    }
    // Only the last write of an object counts.
    rows[known->second].body = touch.after ? encode(*touch.after) : std::string{};
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
        return add_service(row);
      case ObjectKind::Task:
        return add_task(row);
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

  Result<void> add_service(Row const& row) {
    auto service = codec_.decode_service(row.body);
    if (!service) {
      return unreadable(row, service);
    }
    auto shared = std::make_shared<model::Service const>(std::move(*service));
    snapshot_.services.insert_or_assign(shared->id, shared);
    snapshot_.service_names.insert_or_assign(lower_case(shared->name()), shared->id);
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
    snapshot_.tasks_by_service.insert_or_assign({shared->service_id, shared->id}, shared);
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

std::vector<Row> rows_of(Touched const& touched, std::uint64_t version, Codec const& codec) {
  std::vector<Row> rows;
  std::map<std::pair<ObjectKind, std::string>, std::size_t> position;
  add_rows(rows, position, ObjectKind::Cluster, touched.clusters, codec.encode_cluster);
  add_rows(rows, position, ObjectKind::Node, touched.nodes, codec.encode_node);
  add_rows(rows, position, ObjectKind::Service, touched.services, codec.encode_service);
  add_rows(rows, position, ObjectKind::Task, touched.tasks, codec.encode_task);
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
