#include "state/sqlite/sqlite_persistence.h"

#include <cerrno>
#include <cstring>

#include <fcntl.h>
#include <unistd.h>

namespace swarmward::state {

namespace {

/// Stored in the file's user_version; raise it when rows change their meaning.
constexpr int kFormat = 1;

constexpr char const* kSetUp =
    "PRAGMA page_size=8192;"
    "PRAGMA journal_mode=WAL;"
    "PRAGMA synchronous=FULL;"
    "CREATE TABLE IF NOT EXISTS object("
    "rid INTEGER PRIMARY KEY, kind INTEGER NOT NULL, id TEXT NOT NULL, body BLOB NOT NULL);";

}  // namespace

Result<std::unique_ptr<SqlitePersistence>> SqlitePersistence::open(std::string const& path) {
  // Made here first, so that it is never readable by others, whatever the umask.
  int const file = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (file < 0) {
    return unavailable("cannot open " + path + ": " + std::strerror(errno));
  }
  ::close(file);
  sqlite3* raw = nullptr;
  int const code =
      sqlite3_open_v2(path.c_str(), &raw, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, nullptr);
  std::unique_ptr<SqlitePersistence> opened(new SqlitePersistence(Database(raw)));
  if (code != SQLITE_OK) {
    return opened->failure(("opening " + path).c_str());
  }
  if (auto fits = opened->check_format(); !fits) {
    return in_context(path, fits.error());
  }
  return opened;
}

Error SqlitePersistence::failure(char const* what) const {
  return unavailable(std::string("the state database refused a step (") + what +
                     "): " + sqlite3_errmsg(db_.get()));
}

Result<void> SqlitePersistence::run(char const* sql) {
  if (sqlite3_exec(db_.get(), sql, nullptr, nullptr, nullptr) != SQLITE_OK) {
    return failure(sql);
  }
  return {};
}

Result<SqlitePersistence::Statement> SqlitePersistence::prepare(char const* sql) {
  sqlite3_stmt* raw = nullptr;
  if (sqlite3_prepare_v2(db_.get(), sql, -1, &raw, nullptr) != SQLITE_OK) {
    return failure(sql);
  }
  return Statement(raw);
}

Result<void> SqlitePersistence::check_format() {
  if (auto done = run(kSetUp); !done) {
    return done;
  }
  auto query = prepare("PRAGMA user_version");
  if (!query) {
    return query.error();
  }
  sqlite3_step(query->get());
  int const format = sqlite3_column_int(query->get(), 0);
  query->reset();
  if (format > kFormat) {
    return unavailable("written by a newer version of swarmward (format " + std::to_string(format) +
                       "); install that version again, or start with another --data-root");
  }
  if (format == kFormat) {
    return {};  // Nothing to write: it opens on a full disk, too.
  }
  return run(("PRAGMA user_version=" + std::to_string(kFormat)).c_str());
}

Result<std::vector<Row>> SqlitePersistence::load() {
  auto query = prepare("SELECT rid, kind, id, body FROM object");
  if (!query) {
    return query.error();
  }
  std::vector<Row> rows;
  int code = SQLITE_ROW;
  while ((code = sqlite3_step(query->get())) == SQLITE_ROW) {
    auto const text = [&](int column) {
      auto const* data = static_cast<char const*>(sqlite3_column_blob(query->get(), column));
      return std::string(data,
                         static_cast<std::size_t>(sqlite3_column_bytes(query->get(), column)));
    };
    auto const row_id = sqlite3_column_int64(query->get(), 0);
    Row row{static_cast<ObjectKind>(sqlite3_column_int(query->get(), 1)), text(2), text(3)};
    row_ids_[{row.kind, row.id}] = row_id;
    next_row_id_ = std::max(next_row_id_, row_id + 1);
    rows.push_back(std::move(row));
  }
  if (code != SQLITE_DONE) {
    return failure("reading");
  }
  return rows;
}

Result<void> SqlitePersistence::write_row(Row const& row) {
  std::pair const key{row.kind, row.id};
  auto const known = row_ids_.find(key);
  bool const removal = row.body.empty();
  if (removal && known == row_ids_.end()) {
    return {};
  }
  auto const row_id = known != row_ids_.end() ? known->second : next_row_id_++;
  auto* statement = removal ? remove_.get() : replace_.get();
  sqlite3_bind_int64(statement, 1, row_id);
  if (!removal) {
    sqlite3_bind_int(statement, 2, static_cast<int>(row.kind));
    sqlite3_bind_text(statement, 3, row.id.data(), static_cast<int>(row.id.size()), SQLITE_STATIC);
    sqlite3_bind_blob(
        statement, 4, row.body.data(), static_cast<int>(row.body.size()), SQLITE_STATIC);
  }
  int const code = sqlite3_step(statement);
  sqlite3_reset(statement);
  if (code != SQLITE_DONE) {
    return failure("writing a row");
  }
  // Kept after a removal as well: should the transaction fail, the row is still there.
  row_ids_.emplace(key, row_id);
  return {};
}

Result<void> SqlitePersistence::write(std::vector<Row> const& rows) {
  if (!replace_) {
    auto replace = prepare("REPLACE INTO object(rid, kind, id, body) VALUES(?, ?, ?, ?)");
    auto remove = prepare("DELETE FROM object WHERE rid = ?");
    if (!replace || !remove) {
      return replace ? remove.error() : replace.error();
    }
    replace_ = std::move(*replace);
    remove_ = std::move(*remove);
  }
  auto result = run("BEGIN");
  for (auto row = rows.begin(); result && row != rows.end(); ++row) {
    result = write_row(*row);
  }
  if (result) {
    result = run("COMMIT");
  }
  if (!result) {
    // Fails too where SQLite has rolled back by itself; either way no transaction is open.
    sqlite3_exec(db_.get(), "ROLLBACK", nullptr, nullptr, nullptr);
    return result;
  }
  for (auto const& row : rows) {
    if (row.body.empty()) {
      row_ids_.erase({row.kind, row.id});
    }
  }
  return {};
}

}  // namespace swarmward::state
