#pragma once

#include <map>
#include <mutex>
#include <utility>

#include "state/persistence.h"

namespace swarmward::state {

/// Keeps rows in memory; can be told to fail, as a full disk does.
class MemoryPersistence final : public Persistence {
 public:
  Result<std::vector<Row>> load() override {
    std::vector<Row> all;
    for (auto const& [key, body] : rows) {
      all.push_back({key.first, key.second, body});
    }
    return all;
  }

  Result<void> write(std::vector<Row> const& changed) override {
    std::lock_guard const lock(mutex);
    ++writes;
    if (fail) {
      return unavailable("no space left");
    }
    for (auto const& row : changed) {
      if (row.body.empty()) {
        rows.erase({row.kind, row.id});
      } else {
        rows[{row.kind, row.id}] = row.body;
      }
    }
    return {};
  }

  std::mutex mutex;
  std::map<std::pair<ObjectKind, std::string>, std::string> rows;
  bool fail = false;
  int writes = 0;
};

/// Encodes nothing but what the tests of this room look at: ids, names and counters.
[[nodiscard]] Codec id_only_codec();

}  // namespace swarmward::state
