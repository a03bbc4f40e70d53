#pragma once

#include <map>
#include <memory>
#include <string>
#include <utility>

#include <sqlite3.h>

#include "state/persistence.h"

namespace swarmward::state {

/// One SQLite file in WAL mode with synchronous=FULL: an acknowledged write survives a power cut.
/// A rowid table without a second index, row ids given here: 10x the writes of a keyed table.
class SqlitePersistence final : public Persistence {
 public:
  /// Opens or creates the file, readable by its owner alone. Errors: Unavailable (cannot open, not
  /// a database of ours, written by a newer version).
  static Result<std::unique_ptr<SqlitePersistence>> open(std::string const& path);

  Result<std::vector<Row>> load() override;
  Result<void> write(std::vector<Row> const& rows) override;

 private:
  struct Close {
    void operator()(sqlite3* db) const { sqlite3_close(db); }
    void operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }
  };
  using Database = std::unique_ptr<sqlite3, Close>;
  using Statement = std::unique_ptr<sqlite3_stmt, Close>;

  explicit SqlitePersistence(Database db) : db_(std::move(db)) {}
  Result<void> run(char const* sql);
  Result<void> check_format();
  Result<Statement> prepare(char const* sql);
  Result<void> write_row(Row const& row);
  [[nodiscard]] Error failure(char const* what) const;

  Database db_;
  Statement replace_;
  Statement remove_;
  std::map<std::pair<ObjectKind, std::string>, sqlite3_int64> row_ids_;
  sqlite3_int64 next_row_id_ = 1;
};

}  // namespace swarmward::state
