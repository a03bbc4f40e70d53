#include "app/sealed_persistence.h"

#include <string>

namespace swarmward::app {

namespace {

/// Rows in the clear are JSON or a number: none begins so.
constexpr char kSealedMark = '\x01';

std::string purpose_of(state::Row const& row) {
  return "row " + std::to_string(static_cast<int>(row.kind)) + " " + row.id;
}

}  // namespace

Result<std::vector<state::Row>> SealedPersistence::load() {
  data_key_ = key_.key();
  auto rows = disk_->load();
  if (!rows) {
    return rows;
  }
  std::vector<state::Row> in_the_clear;
  for (auto& row : *rows) {
    if (!row.body.starts_with(kSealedMark)) {
      in_the_clear.push_back(row);
      continue;
    }
    auto plain =
        cluster::open_bytes(data_key_.bytes, std::string_view(row.body).substr(1), purpose_of(row));
    if (!plain) {
      return internal_error(
          "the state on disk was encrypted with another key than the one in state.key, or is "
          "damaged: bring both files back from the same backup");
    }
    row.body = std::move(*plain);
  }
  if (!in_the_clear.empty()) {
    if (auto const written = write(in_the_clear); !written) {
      return written.error();
    }
  }
  return rows;
}

Result<void> SealedPersistence::write(std::vector<state::Row> const& rows) {
  std::vector<state::Row> sealed;
  sealed.reserve(rows.size());
  for (auto const& row : rows) {
    auto& written = sealed.emplace_back(state::Row{row.kind, row.id, {}});
    if (!row.body.empty()) {
      written.body =
          kSealedMark + cluster::seal_bytes(data_key_.bytes, row.body, purpose_of(row), random_);
    }
  }
  return disk_->write(sealed);
}

Result<void> SealedPersistence::forget() {
  auto rows = disk_->load();
  if (!rows) {
    return rows.error();
  }
  for (auto& row : *rows) {
    row.body.clear();
  }
  return disk_->write(*rows);
}

}  // namespace swarmward::app
